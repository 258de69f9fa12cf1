"""What a site may set: environment variables HOTLINE_*, or hotline.toml in the home."""

import os
import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.errors import USAGE, HotlineError


def _default_key_file() -> Path:
    """Path of the caller-hash key: outside the repository and outside any home."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "hotline" / "caller.key"


class Settings(BaseSettings):
    """Limits and locations; environment first, then hotline.toml, then these defaults."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", extra="forbid")

    memory_limit: str = Field(default="3GB", pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    key_file: Path = Field(default_factory=_default_key_file)
    group: str = ""
    bulletin_hook: str = ""
    bulletin_hook_seconds: int = Field(default=60, ge=1)

    @field_validator("key_file")
    @classmethod
    def _key_at_one_place(cls, path: Path) -> Path:
        """A relative path would be another key in each folder from which a command is run."""
        try:
            path = path.expanduser()
        except RuntimeError:
            raise ValueError("没有这个用户的主目录") from None
        if not path.is_absolute():
            raise ValueError("应是完整的路径,以 / 或 ~ 开头")
        return path

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: environment, then the TOML file named by `load`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@cache
def _settings_of(file: Path | None) -> type[Settings]:
    """Return the class that reads `file`: pydantic-settings takes it from the class alone."""

    class HomeSettings(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    return HomeSettings


def load(home: Path | None = None) -> Settings:
    """Return the settings of a home; a wrong value or an unknown name is one clear line."""
    file = home / "hotline.toml" if home else None
    try:
        return _settings_of(file)()
    except tomllib.TOMLDecodeError as error:
        raise HotlineError(f"{file} 不是有效的 TOML({error});请改正后再试", USAGE) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise HotlineError(
            f"设置 {name} 的值 {first.get('input')!r} 不可用({first['msg']});"
            f"请改正 {file or '环境变量'} 或环境变量 HOTLINE_{name.upper()}",
            USAGE,
        ) from error

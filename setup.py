"""Put sql/ and data/ inside the package, so that a wheel works outside the repository."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("sql", "data/reference", "data/published", "data/calibration")


class BuildWithData(build_py):
    def run(self) -> None:
        if not self.editable_mode:
            # Modules of an earlier build that have gone since would be packed with the new ones.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if self.editable_mode:
            return
        for folder in SHIPPED:
            target = Path(self.build_lib) / "pipeline" / "shipped" / folder
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(folder, target)


setup(cmdclass={"build_py": BuildWithData})

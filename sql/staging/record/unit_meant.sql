-- One row per spelling of a handling unit in the file at hand and span of days: those of the register,
-- and the cells that name several units (see joint_unit.sql). Key: alias, valid_from.
SELECT u.alias, u.unit, u.unit_type, u.district, u.street, u.valid_from, u.valid_to
FROM staging.unit_alias AS u
UNION ALL
SELECT j.alias, j.unit, j.unit_type, j.district, j.street, j.valid_from, j.valid_to
FROM staging.joint_unit AS j

-- One row per parsed row, in the file's order (rowid = ordinal): what is needed to find repeats,
-- rejects and months. Key: rowid. Materialised once; everything wide is read again from the file,
-- because a narrow pass plus two wide ones took less than one wide pass kept in memory.
-- is_zoned is not in every entity's clean.sql: the columns that are there are taken.
SELECT
    COLUMNS(
        lambda x: x IN (
            'record_id', 'received_at', 'dispatched_text', 'unit_text', 'has_district', 'has_street',
            'is_zoned', 'part_no', 'reject_reason', 'reject_column', 'reject_value'
        )
    )
FROM staging.clean AS c

-- SPDX-License-Identifier: Apache-2.0
-- How much of the data sheet's value a measured ceiling is.

DROP VIEW v_ceilings;

-- of_datasheet: measured / data sheet of the same device, 1 for all of it; every dram_ ceiling is held against the
-- data sheet's dram. NULL for what is not measured and where the data sheet has no such value.
CREATE VIEW v_ceilings AS
SELECT d.name AS device, d.uuid AS device_uuid, d.host, d.chip, c.kind, c.name, c.value, c.unit, c.origin,
       c.method, c.spread, c.clock_hz, c.source, c.measured_at,
       (SELECT c.value / sheet.value
        FROM ceiling AS sheet
        WHERE c.origin = 'measured' AND sheet.origin = 'datasheet' AND sheet.device_id = c.device_id
            AND sheet.name = CASE WHEN c.name GLOB 'dram_*' THEN 'dram' ELSE c.name END
        ORDER BY sheet.ceiling_id LIMIT 1) AS of_datasheet
FROM ceiling AS c
JOIN device AS d ON d.device_id = c.device_id
ORDER BY c.ceiling_id;

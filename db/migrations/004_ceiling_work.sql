-- SPDX-License-Identifier: Apache-2.0
-- What a measured ceiling's kernel was, and its work. Rows of before say it in `method` alone.

ALTER TABLE ceiling ADD COLUMN kernel TEXT;
-- Bytes, FLOPs or operations of one launch, as the numerator of `unit`; the value is made of `counted` where there is one.
ALTER TABLE ceiling ADD COLUMN counted REAL CHECK (counted > 0);   -- by the GPU's counters; NULL: not counted
ALTER TABLE ceiling ADD COLUMN expected REAL CHECK (expected > 0); -- by arithmetic

DROP VIEW v_ceilings;

CREATE VIEW v_ceilings AS
SELECT d.name AS device, d.uuid AS device_uuid, d.host, d.chip, c.kind, c.name, c.value, c.unit, c.origin,
       c.method, c.spread, c.clock_hz, c.source, c.measured_at,
       (SELECT c.value / sheet.value
        FROM ceiling AS sheet
        WHERE c.origin = 'measured' AND sheet.origin = 'datasheet' AND sheet.device_id = c.device_id
            AND sheet.name = CASE WHEN c.name GLOB 'dram_*' THEN 'dram' ELSE c.name END
        ORDER BY sheet.ceiling_id LIMIT 1) AS of_datasheet,
       c.kernel, c.counted, c.expected
FROM ceiling AS c
JOIN device AS d ON d.device_id = c.device_id
ORDER BY c.ceiling_id;

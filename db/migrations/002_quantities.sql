-- SPDX-License-Identifier: Apache-2.0
-- What a metric set computes of its counters, beside the fixed columns of `point`; counters and samples in view.

ALTER TABLE metric ADD COLUMN unit TEXT; -- as the metric set says; NULL where it does not

-- The formulas are the metric set's: SQL could not derive these. A row that is not there was not known.
CREATE TABLE quantity (
    point_id    INTEGER NOT NULL REFERENCES point ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('quantity', 'path')), -- path: operations of a compute path
    name        TEXT    NOT NULL CHECK (name <> ''),
    value       REAL    NOT NULL, -- of one execution
    unit        TEXT    NOT NULL CHECK (unit <> ''),
    upper_bound INTEGER NOT NULL CHECK (upper_bound IN (0, 1)), -- 1: the truth may be lower
    PRIMARY KEY (point_id, kind, name)
) STRICT, WITHOUT ROWID;

-- origin: counter (delivered by the GPU), known_zero (not collected, because it could only be zero), observed
-- (seen around the measurement), quantity or path (computed by the metric set).
CREATE VIEW v_metrics AS
SELECT point_id, name, value, unit, kind AS origin, upper_bound FROM quantity
UNION ALL
SELECT point_id, name, value, unit,
       CASE WHEN name GLOB 'zero_by_*' THEN 'known_zero'
            WHEN name GLOB 'ridge__*' THEN 'observed'
            ELSE 'counter' END,
       0
FROM metric;

CREATE VIEW v_samples AS
SELECT point_id, ordinal, time_ns, sm_clock_hz, memory_clock_hz, temperature_c, power_w, throttle
FROM sample
ORDER BY point_id, ordinal;

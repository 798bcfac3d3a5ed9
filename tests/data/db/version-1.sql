-- SPDX-License-Identifier: Apache-2.0
-- A results file of schema version 1, as 'sqlite3 FILE .dump' writes it: one point, measured on no real device.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE run (
    run_id          INTEGER PRIMARY KEY,
    run_uuid        TEXT    NOT NULL UNIQUE CHECK (length(run_uuid) = 36),
    started_at      TEXT    NOT NULL, -- UTC, ISO 8601
    finished_at     TEXT,
    state           TEXT    NOT NULL CHECK (state IN ('running', 'finished', 'interrupted', 'failed')),
    plan            TEXT,
    host            TEXT,
    rank            INTEGER,
    ranks           INTEGER,
    job             TEXT,
    driver          TEXT,
    cuda            TEXT,
    cupti           TEXT,
    tool_version    TEXT,
    formula_version INTEGER NOT NULL,
    clock_lock      TEXT,
    command         TEXT
) STRICT;
INSERT INTO run VALUES(1,'00000000-0000-4000-8000-000000000001','2026-11-21T20:00:00Z','2026-11-21T20:00:01Z','finished','llama-33b-speculation','host',NULL,NULL,NULL,'580.1','13.0','13.0','0.1.0',1,NULL,'ridge collect');
CREATE TABLE device (
    device_id          INTEGER PRIMARY KEY,
    name               TEXT NOT NULL CHECK (name <> ''), -- as the driver reports it
    uuid               TEXT CHECK (uuid <> ''),          -- NULL where only modelled, published or imported
    chip               TEXT,
    host               TEXT,
    compute_capability TEXT,
    sm_count           INTEGER,
    memory_bytes       INTEGER,
    l2_bytes           INTEGER,
    boost_clock_hz     REAL,
    ecc                INTEGER CHECK (ecc IN (0, 1))
) STRICT;
INSERT INTO device VALUES(1,'NVIDIA A40','GPU-00000000-0000-0000-0000-000000000000','GA102',NULL,NULL,NULL,48000000000,NULL,NULL,NULL);
CREATE TABLE ceiling (
    ceiling_id  INTEGER PRIMARY KEY,
    device_id   INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('memory', 'compute')),
    name        TEXT    NOT NULL,
    value       REAL    NOT NULL CHECK (value > 0), -- in `unit`
    unit        TEXT    NOT NULL CHECK (unit IN ('byte/s', 'flop/s', 'op/s')),
    origin      TEXT    NOT NULL CHECK (origin IN ('datasheet', 'measured')),
    method      TEXT,
    spread      REAL,
    clock_hz    REAL, -- SM clock the value holds at
    source      TEXT,
    measured_at TEXT,
    CHECK ((kind = 'memory') = (unit = 'byte/s'))
) STRICT;
INSERT INTO ceiling VALUES(1,1,'memory','dram',696000000000.0,'byte/s','datasheet','datasheet',NULL,NULL,'NVIDIA A40 data sheet (dense figure of each pair), www.nvidia.com/en-us/data-center/a40/',NULL);
INSERT INTO ceiling VALUES(5,1,'compute','tensor_bf16',149700000000000.0,'flop/s','datasheet','datasheet, dense: 84 SMs x 1024 per clock at 1.74 GHz',NULL,1740000000.0,'NVIDIA A40 data sheet (dense figure of each pair), www.nvidia.com/en-us/data-center/a40/',NULL);
CREATE TABLE point (
    point_id           INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id             INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    device_id          INTEGER NOT NULL REFERENCES device,
    parent_id          INTEGER REFERENCES point ON DELETE CASCADE,
    measured_as        INTEGER REFERENCES point ON DELETE CASCADE,
    provenance         TEXT    NOT NULL CHECK (provenance IN ('measured', 'modeled', 'reference', 'imported')),
    status             TEXT    NOT NULL CHECK (status IN ('ok', 'skipped', 'failed')),
    status_reason      TEXT,
    plan               TEXT,
    workload           TEXT,
    series             TEXT,
    operator           TEXT,
    phase              TEXT,
    implementation     TEXT,
    model              TEXT,
    dtype              TEXT,
    layout             TEXT,
    batch              INTEGER,
    seq                INTEGER,
    spec               INTEGER,
    tokens             INTEGER,
    context            INTEGER,
    kv_heads           INTEGER,
    m                  INTEGER,
    n                  INTEGER,
    k                  INTEGER,
    params             TEXT    NOT NULL DEFAULT '{}' CHECK (params GLOB '{*}'), -- a JSON object
    kernels            INTEGER,
    launches_per_range INTEGER,
    time_ns            REAL    CHECK (time_ns >= 0),
    time_low_ns        REAL    CHECK (time_low_ns >= 0),
    time_high_ns       REAL    CHECK (time_high_ns >= 0),
    samples            INTEGER CHECK (samples >= 0),
    time_method        TEXT,
    flops_executed     REAL    CHECK (flops_executed >= 0),
    flops_useful       REAL    CHECK (flops_useful >= 0),
    flops_algorithmic  REAL    CHECK (flops_algorithmic >= 0),
    emitted_tokens     REAL    CHECK (emitted_tokens >= 0),
    dram_bytes         REAL    CHECK (dram_bytes >= 0),
    dram_read_bytes    REAL    CHECK (dram_read_bytes >= 0),
    dram_write_bytes   REAL    CHECK (dram_write_bytes >= 0),
    compulsory_bytes   REAL    CHECK (compulsory_bytes >= 0),
    l2_bytes           REAL    CHECK (l2_bytes >= 0),
    l1_bytes           REAL    CHECK (l1_bytes >= 0),
    compute_path       TEXT, -- name of the compute ceiling this point is held against
    energy_j           REAL    CHECK (energy_j >= 0),
    invariant          INTEGER CHECK (invariant IN (0, 1)),
    deterministic      INTEGER CHECK (deterministic IN (0, 1)),
    passes             INTEGER CHECK (passes >= 0),
    metric_set         TEXT,
    cache              TEXT,
    sm_clock_hz        REAL    CHECK (sm_clock_hz > 0),
    tags               TEXT    NOT NULL DEFAULT '',
    -- comma-separated; above_roof is derived by v_points and never stored
    flags              TEXT    NOT NULL DEFAULT '' CHECK (instr(',' || flags || ',', ',above_roof,') = 0)
) STRICT;
INSERT INTO point VALUES(1,1,1,NULL,NULL,'measured','ok',NULL,'llama-33b-speculation','speculation','up/gate/down spec: 16','up','spec','cublas','llama-33b','bf16','nt',8,NULL,16,128,NULL,52,128,17920,6656,'{}',NULL,NULL,30534533.120000001043,NULL,NULL,2,'events, at most 15.000000 s',30534533120.0,30534533120.0,30534533120.0,NULL,269326745.60000002383,NULL,NULL,244842496.0,NULL,NULL,'tensor_bf16',NULL,NULL,NULL,NULL,'roofline','cold',NULL,'','');
CREATE TABLE sample (
    point_id        INTEGER NOT NULL REFERENCES point ON DELETE CASCADE,
    ordinal         INTEGER NOT NULL,
    time_ns         REAL    NOT NULL CHECK (time_ns >= 0),
    sm_clock_hz     REAL,
    memory_clock_hz REAL,
    temperature_c   REAL,
    power_w         REAL,
    throttle        TEXT, -- reasons, comma-separated
    PRIMARY KEY (point_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO sample VALUES(1,0,30534533.120000001043,NULL,NULL,NULL,NULL,NULL);
INSERT INTO sample VALUES(1,1,30534533.120000001043,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE metric (
    point_id INTEGER NOT NULL REFERENCES point ON DELETE CASCADE,
    name     TEXT    NOT NULL, -- as CUPTI names it, in its unit
    value    REAL    NOT NULL,
    PRIMARY KEY (point_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO metric VALUES(1,'dram__bytes_read.sum',900000000.0);
INSERT INTO metric VALUES(1,'ridge__display_active',0.0);
CREATE TABLE kernel (
    point_id       INTEGER NOT NULL REFERENCES point ON DELETE CASCADE,
    ordinal        INTEGER NOT NULL,
    name           TEXT,
    short_name     TEXT,
    grid           TEXT,
    block          TEXT,
    launches       INTEGER NOT NULL CHECK (launches >= 0),
    time_ns        REAL    CHECK (time_ns >= 0), -- of all its launches in one execution
    flops_executed REAL    CHECK (flops_executed >= 0),
    dram_bytes     REAL    CHECK (dram_bytes >= 0),
    PRIMARY KEY (point_id, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO kernel VALUES(1,0,'ampere_gemm<128>','ampere_gemm',NULL,NULL,1,30000000.0,NULL,NULL);
CREATE TABLE note (
    note_id    INTEGER PRIMARY KEY,
    run_id     INTEGER REFERENCES run ON DELETE CASCADE,
    point_id   INTEGER REFERENCES point ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('name', 'note', 'baseline')),
    text       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CHECK ((run_id IS NULL) <> (point_id IS NULL))
) STRICT;
INSERT INTO note VALUES(1,NULL,1,'note','kept','2026-11-21T20:00:00Z');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('point',1);
CREATE UNIQUE INDEX device_by_uuid ON device (uuid) WHERE uuid IS NOT NULL;
CREATE UNIQUE INDEX device_by_name ON device (name COLLATE NOCASE) WHERE uuid IS NULL;
CREATE UNIQUE INDEX ceiling_once ON ceiling (device_id, name, origin, coalesce(measured_at, ''));
CREATE INDEX point_by_run ON point (run_id);
CREATE INDEX point_by_parent ON point (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX point_by_sharing ON point (measured_as) WHERE measured_as IS NOT NULL;
CREATE INDEX note_by_run ON note (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX note_by_point ON note (point_id) WHERE point_id IS NOT NULL;
CREATE VIEW roof AS
WITH candidate AS (
    SELECT d.device_id, side.modeled, c.value, c.clock_hz,
           CASE c.kind WHEN 'memory' THEN 'dram' ELSE c.name END AS path,
           (o.device_id <> d.device_id) * (1 + side.modeled)
               + (c.origin = 'datasheet') * (2 - side.modeled) AS preference
    FROM device AS d
    CROSS JOIN (SELECT 0 AS modeled UNION ALL SELECT 1) AS side
    JOIN device AS o ON o.device_id = d.device_id
        OR (o.name = d.name COLLATE NOCASE AND (o.uuid IS NULL OR d.uuid IS NULL))
    JOIN ceiling AS c ON c.device_id = o.device_id
    WHERE c.kind = 'compute' OR c.name = 'dram' OR (c.name GLOB 'dram_*' AND c.origin = 'measured')
),
ranked AS (
    SELECT device_id, modeled, path, value, clock_hz,
           row_number() OVER (PARTITION BY device_id, modeled, path ORDER BY preference, value DESC) AS place
    FROM candidate
)
SELECT device_id, modeled, path, value, clock_hz FROM ranked WHERE place = 1;
CREATE VIEW v_points AS
WITH based AS (
    SELECT p.*, r.run_uuid, d.name AS device, d.uuid AS device_uuid, d.chip, d.host,
           p.flops_executed / p.dram_bytes AS intensity,
           p.flops_algorithmic / p.compulsory_bytes AS intensity_algorithmic,
           p.flops_executed * 1e9 / p.time_ns AS flops_per_s,
           compute.value AS peak,
           compute.value * (p.sm_clock_hz / compute.clock_hz) AS peak_at_clock,
           coalesce(p.flops_executed / p.dram_bytes, p.flops_algorithmic / p.compulsory_bytes)
               * memory.value AS slope
    FROM point AS p
    JOIN run AS r ON r.run_id = p.run_id
    JOIN device AS d ON d.device_id = p.device_id
    LEFT JOIN roof AS compute ON compute.device_id = p.device_id
        AND compute.modeled = (p.provenance = 'modeled') AND compute.path = p.compute_path
    LEFT JOIN roof AS memory ON memory.device_id = p.device_id
        AND memory.modeled = (p.provenance = 'modeled') AND memory.path = 'dram'
)
SELECT
    point_id, parent_id, measured_as, run_uuid, provenance, status, status_reason, plan, workload, series,
    operator, phase, implementation, model, device, device_uuid, chip, host, dtype, layout, batch, seq, spec,
    tokens, context, kv_heads, m, n, k, params, kernels, launches_per_range, time_ns, time_low_ns,
    time_high_ns, samples, time_method, flops_executed, flops_useful, flops_algorithmic, emitted_tokens,
    dram_bytes, dram_read_bytes, dram_write_bytes, compulsory_bytes, l2_bytes, l1_bytes,
    intensity, intensity_algorithmic, flops_per_s,
    flops_useful * 1e9 / time_ns AS useful_flops_per_s,
    flops_algorithmic * 1e9 / time_ns AS algorithmic_flops_per_s,
    dram_bytes * 1e9 / time_ns AS dram_bytes_per_s,
    min(peak, slope) AS roof_flops_per_s,
    min(peak_at_clock, slope) AS roof_at_clock_flops_per_s,
    CASE WHEN provenance <> 'modeled' THEN flops_per_s / min(peak, slope) END AS roof_fraction,
    CASE WHEN slope < peak THEN 'memory' WHEN slope >= peak THEN 'compute' END AS bound,
    flops_executed / flops_algorithmic AS flop_inflation,
    dram_bytes / compulsory_bytes AS byte_inflation,
    energy_j, invariant, deterministic, passes, metric_set, cache, sm_clock_hz, tags,
    CASE WHEN provenance <> 'modeled' AND flops_per_s / min(peak, slope) > 1
         THEN flags || CASE flags WHEN '' THEN '' ELSE ',' END || 'above_roof'
         ELSE flags END AS flags
FROM based;
CREATE VIEW v_ceilings AS
SELECT d.name AS device, d.uuid AS device_uuid, d.host, d.chip, c.kind, c.name, c.value, c.unit, c.origin,
       c.method, c.spread, c.clock_hz, c.source, c.measured_at
FROM ceiling AS c
JOIN device AS d ON d.device_id = c.device_id
ORDER BY c.ceiling_id;
CREATE VIEW v_kernels AS
SELECT k.point_id, k.ordinal, k.name, k.short_name, k.grid, k.block, k.launches, k.time_ns,
       k.flops_executed, k.dram_bytes, k.time_ns / total.time_ns AS share_of_time
FROM kernel AS k
JOIN (SELECT point_id, CASE WHEN count(time_ns) = count(*) THEN sum(time_ns) END AS time_ns
      FROM kernel GROUP BY point_id) AS total ON total.point_id = k.point_id
ORDER BY k.point_id, k.ordinal;
CREATE VIEW v_runs AS
SELECT run_uuid, started_at, finished_at, state, plan, host, rank, ranks, job, driver, cuda, cupti,
       tool_version, formula_version, clock_lock, command
FROM run
ORDER BY run_id;
COMMIT;
PRAGMA application_id = 0x52444745;
PRAGMA user_version = 1;

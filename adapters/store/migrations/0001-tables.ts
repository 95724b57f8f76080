// All tables. Instants are seconds since 1970 as everywhere (`to_timestamp(time_s)` reads them), documents are `json`, which keeps them as they were
// written. Text that is sorted or paged by is compared byte by byte, whatever the database's locale. PostgreSQL 15 and later.
export const sql = `
CREATE EXTENSION IF NOT EXISTS postgis;

CREATE TABLE network (
  id text COLLATE "C" PRIMARY KEY, name text NOT NULL, time_zone text NOT NULL, version integer NOT NULL, hash text NOT NULL, updated_at float8 NOT NULL
);
CREATE TABLE network_version (
  network text COLLATE "C" NOT NULL REFERENCES network, version integer NOT NULL, hash text NOT NULL, document json NOT NULL, written_by text NOT NULL, written_at float8 NOT NULL,
  PRIMARY KEY (network, version)
);
CREATE TABLE link (network text COLLATE "C" NOT NULL REFERENCES network, id text COLLATE "C" NOT NULL, geometry geometry(LineString, 4326) NOT NULL, PRIMARY KEY (network, id));
CREATE INDEX link_place ON link USING gist (geometry);
CREATE TABLE intersection (network text COLLATE "C" NOT NULL REFERENCES network, id text COLLATE "C" NOT NULL, geometry geometry(Point, 4326) NOT NULL, PRIMARY KEY (network, id));
CREATE INDEX intersection_place ON intersection USING gist (geometry);

CREATE TABLE feed (
  id text COLLATE "C" PRIMARY KEY, network text COLLATE "C" NOT NULL, kind text NOT NULL, format text NOT NULL, settings json NOT NULL, enabled boolean NOT NULL,
  removed boolean NOT NULL DEFAULT false, version integer NOT NULL, created_at float8 NOT NULL
);
-- A feed in a network, as a number: what each row of an observation carries instead of two names.
CREATE TABLE source (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, feed text COLLATE "C" NOT NULL, network text COLLATE "C" NOT NULL, UNIQUE (feed, network)
);
CREATE INDEX source_network ON source (network);
CREATE TABLE batch (
  feed text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, day integer NOT NULL, received_s float8 NOT NULL, read bigint NOT NULL, accepted bigint NOT NULL,
  from_s float8, until_s float8, refused text, issues json, PRIMARY KEY (feed, id)
);
CREATE INDEX batch_day ON batch (day, feed);
-- Health of the batches whose names are gone.
CREATE TABLE feed_day (feed text COLLATE "C" NOT NULL, day integer NOT NULL, health json NOT NULL, PRIMARY KEY (feed, day));

-- One partition per UTC day. While rows come in there is BRIN only: rows come nearly by time, and nothing is looked up row by row.
CREATE TABLE fix (
  time_s float8 NOT NULL, lon float8 NOT NULL, lat float8 NOT NULL, position_m float8, offset_m float8, speed_mps float8, heading_deg float8,
  source integer NOT NULL, vehicle text COLLATE "C" NOT NULL, link text COLLATE "C"
) PARTITION BY RANGE (time_s);
CREATE INDEX fix_time ON fix USING brin (time_s) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE signal_event (time_s float8 NOT NULL, source integer NOT NULL, event integer NOT NULL, parameter integer NOT NULL, device text COLLATE "C" NOT NULL) PARTITION BY RANGE (time_s);
CREATE INDEX signal_event_time ON signal_event USING brin (time_s) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE lane_count (
  time_s float8 NOT NULL, period_s float8 NOT NULL, vehicles float8, occupancy float8, speed_mps float8, length_from_m float8, length_until_m float8,
  source integer NOT NULL, sensor text COLLATE "C" NOT NULL, lane text COLLATE "C", class text
) PARTITION BY RANGE (time_s);
CREATE INDEX lane_count_time ON lane_count USING brin (time_s) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE state_day (network text COLLATE "C" NOT NULL, day text COLLATE "C" NOT NULL, document json NOT NULL, PRIMARY KEY (network, day));
CREATE TABLE link_minute (
  network text COLLATE "C" NOT NULL, link text COLLATE "C" NOT NULL, time_s float8 NOT NULL, speed_mps float8, travel_time_s float8, index float8, vehicles float8 NOT NULL,
  PRIMARY KEY (network, time_s, link)
) PARTITION BY RANGE (time_s);
CREATE TABLE treatment (network text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version integer NOT NULL, card json NOT NULL, PRIMARY KEY (network, id));

CREATE TABLE plan (
  id text COLLATE "C" PRIMARY KEY, network text COLLATE "C" NOT NULL, network_version integer NOT NULL, corridor text NOT NULL, period text NOT NULL, stage text NOT NULL,
  version integer NOT NULL, document json NOT NULL, hash text NOT NULL, evaluation json, author text NOT NULL, approver text, reason text NOT NULL,
  created_at float8 NOT NULL, updated_at float8 NOT NULL
);
CREATE INDEX plan_age ON plan (created_at, id);
CREATE INDEX plan_place ON plan (network, corridor, stage);
CREATE TABLE schedule (network text COLLATE "C" NOT NULL, corridor text COLLATE "C" NOT NULL, version integer NOT NULL, entries json NOT NULL, PRIMARY KEY (network, corridor));
CREATE TABLE night (
  network text COLLATE "C" NOT NULL, corridor text COLLATE "C" NOT NULL, day text COLLATE "C" NOT NULL, verdict text NOT NULL, input_hash text NOT NULL, plans json NOT NULL,
  sentences json NOT NULL, finished_at float8 NOT NULL, PRIMARY KEY (network, day, corridor)
);
CREATE TABLE job (
  id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, input json NOT NULL, state text NOT NULL, progress float8 NOT NULL, label text NOT NULL, result json, problem json,
  asked_by text NOT NULL, created_at float8 NOT NULL, updated_at float8 NOT NULL
);
CREATE INDEX job_age ON job (created_at, id);

CREATE TABLE person (
  id text COLLATE "C" PRIMARY KEY, login text COLLATE "C" NOT NULL UNIQUE, name text NOT NULL, role text NOT NULL, password_hash text, disabled boolean NOT NULL, version integer NOT NULL
);
CREATE TABLE session (token_hash text COLLATE "C" PRIMARY KEY, person text COLLATE "C" NOT NULL, created_at float8 NOT NULL, expires_at float8 NOT NULL);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_end ON session (expires_at);
CREATE TABLE api_key (
  id text COLLATE "C" PRIMARY KEY, secret_hash text NOT NULL, name text NOT NULL, scopes json NOT NULL, created_by text NOT NULL, created_at float8 NOT NULL, expires_at float8, revoked_at float8
);
CREATE TABLE idempotency (
  actor text COLLATE "C" NOT NULL, route text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, body_hash text NOT NULL, begun_at float8 NOT NULL, answer json,
  PRIMARY KEY (actor, route, key)
);
CREATE INDEX idempotency_age ON idempotency (begun_at);

CREATE TABLE snapshot (
  id text COLLATE "C" PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY, network text COLLATE "C" NOT NULL, computed_at float8 NOT NULL, document json NOT NULL
);
CREATE INDEX snapshot_age ON snapshot (network, computed_at, number);
CREATE TABLE screen (id text COLLATE "C" PRIMARY KEY, network text COLLATE "C" NOT NULL, name text NOT NULL, kind text NOT NULL, settings json NOT NULL, version integer NOT NULL);
CREATE TABLE screen_message (
  id text COLLATE "C" PRIMARY KEY, screen text COLLATE "C" NOT NULL, sent_at float8 NOT NULL, expires_at float8 NOT NULL, content json NOT NULL, basis json NOT NULL,
  approver text, acknowledged_at float8, read_back text
);
CREATE INDEX screen_message_age ON screen_message (screen, sent_at, id);

CREATE TABLE event (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, time_s float8 NOT NULL, kind text NOT NULL, network text COLLATE "C", body json NOT NULL);
CREATE INDEX event_time ON event (time_s);

CREATE TABLE audit (
  seq bigint PRIMARY KEY, time_s float8 NOT NULL, actor text COLLATE "C" NOT NULL, action text NOT NULL, subject_kind text NOT NULL, subject text COLLATE "C" NOT NULL,
  detail json NOT NULL, previous text NOT NULL, hash text NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_actor ON audit (actor, seq);
-- The last entry: whoever appends holds this row, so that the chain has one order.
CREATE TABLE audit_head (alone boolean PRIMARY KEY DEFAULT true CHECK (alone), seq bigint NOT NULL, hash text NOT NULL);
INSERT INTO audit_head (seq, hash) VALUES (0, repeat('0', 64));
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit can only be added to; % is refused', TG_OP USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Locked by transactions that are tried again, so that they come one after another.
CREATE TABLE tx_turn ();
`

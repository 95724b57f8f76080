// Controllers, what is on its way to them, and every message that they were sent and sent.
export const sql = `
CREATE TABLE controller (
  id text COLLATE "C" PRIMARY KEY, network text COLLATE "C" NOT NULL, signal text COLLATE "C" NOT NULL, protocol text NOT NULL, settings json NOT NULL, enabled boolean NOT NULL,
  removed boolean NOT NULL DEFAULT false, version integer NOT NULL
);
CREATE INDEX controller_network ON controller (network, id);
CREATE TABLE controller_baseline (controller text COLLATE "C" PRIMARY KEY, accepted json NOT NULL);
CREATE TABLE controller_writes (controller text COLLATE "C" PRIMARY KEY, changed_s float8, day text, writes integer NOT NULL DEFAULT 0);
-- A row stays when the lock is given back, so that tokens only grow.
CREATE TABLE controller_lock (controller text COLLATE "C" PRIMARY KEY, deployment text COLLATE "C" NOT NULL, owner text NOT NULL, token integer NOT NULL, until_s float8 NOT NULL);

CREATE TABLE deployment (
  id text COLLATE "C" PRIMARY KEY, network text COLLATE "C" NOT NULL, device text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, plan text COLLATE "C" NOT NULL, state text NOT NULL,
  version integer NOT NULL, document json NOT NULL, created_at float8 NOT NULL
);
CREATE INDEX deployment_age ON deployment (created_at, id);
CREATE INDEX deployment_device ON deployment (device, created_at);
CREATE INDEX deployment_open ON deployment (created_at) WHERE state NOT IN ('REJECTED', 'REVERTED', 'ROLLED_BACK', 'RETIRED', 'PERMANENT');
CREATE TABLE wire (
  deployment text COLLATE "C" NOT NULL, seq integer NOT NULL, time_s float8 NOT NULL, device text COLLATE "C" NOT NULL, direction text NOT NULL, hex text NOT NULL, note text, hash text NOT NULL,
  PRIMARY KEY (deployment, seq)
);
CREATE FUNCTION refuse_wire_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what went over the wire can only be added to; % is refused', TG_OP USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER wire_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wire FOR EACH STATEMENT EXECUTE FUNCTION refuse_wire_change();
`

// The latest publication, and the latest message of a screen, is the one that was kept last: by its time it is not, after the clock was put back.
export const sql = `
CREATE INDEX snapshot_latest ON snapshot (network, number);
ALTER TABLE screen_message ADD COLUMN number bigint;
UPDATE screen_message m SET number = n.number FROM (SELECT id, row_number() OVER (ORDER BY sent_at, id) AS number FROM screen_message) n WHERE n.id = m.id;
ALTER TABLE screen_message ALTER COLUMN number SET NOT NULL, ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('screen_message', 'number'), (SELECT coalesce(max(number), 0) + 1 FROM screen_message), false);
CREATE INDEX screen_message_latest ON screen_message (screen, number);
`

// What an administrator switches while the service runs.
export const sql = `
CREATE TABLE setting (name text COLLATE "C" PRIMARY KEY, value json NOT NULL, version integer NOT NULL);
`

// By what a batch sent again is told from another one under its name; those that are there already have none.
export const sql = `
ALTER TABLE batch ADD COLUMN content text;
`

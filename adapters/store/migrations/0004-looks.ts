// What a night looked into, so that the next ones need not; nights before have none.
export const sql = `
ALTER TABLE night ADD COLUMN looks json;
`

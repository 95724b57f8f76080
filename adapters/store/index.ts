// The stores of the workflow on PostgreSQL with PostGIS, or on the embedded database.
export { openStore, type StoreAddress } from './open-store.ts'

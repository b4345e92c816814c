export { SqliteStore, type SqliteStoreOptions } from './sqlite-store.js';
export { APPLICATION_ID, FORMAT } from './schema.js';
export type {
  BrainHead,
  EventFields,
  EventFilter,
  EventKind,
  EventLinks,
  EventVectors,
  ModelFingerprint,
  Origin,
  Recalled,
  SpraySettings,
  SpraySnapshot,
  Store,
  StoredEvent,
  StoreSummary,
  VectorTable,
} from './store.js';

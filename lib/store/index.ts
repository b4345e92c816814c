export { brainExists, brainNames, inspectDatabase, openBrain } from './open.js';
export type { DatabaseReport } from './postgres/database.js';
export { openedReadOnly } from './failures.js';
export { brainAddress, isPostgresAddress, shownLocation } from './postgres/address.js';
export { SqliteStore } from './sqlite/sqlite-store.js';
export { APPLICATION_ID, FORMAT } from './sqlite/schema.js';
export type {
  BrainHead,
  EngramSummary,
  EventEncoding,
  EventFields,
  EventFilter,
  EventKind,
  EventLinks,
  EventVectors,
  ModelFingerprint,
  NightFields,
  NightPart,
  NightSummary,
  Origin,
  Recalled,
  SpraySettings,
  SpraySnapshot,
  Store,
  StoreOptions,
  StoredEngram,
  StoredEvent,
  StoredNight,
  StoreSummary,
  VectorTable,
} from './store.js';

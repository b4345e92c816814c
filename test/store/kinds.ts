import { join } from 'node:path';
import { after, before, describe, type TestContext } from 'node:test';
import { needsPostgres, PostgresCluster } from './postgres-cluster.js';
import { scratch } from './scratch.js';

/** A kind of store, as `openBrain` takes it. */
export interface Kind {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** Location of a brain that does not exist yet. */
  readonly fresh: (test: TestContext) => string;
}

const sqlite: Kind = {
  name: 'SQLite',
  fresh: (test) => join(scratch(test), 'brain.graffiti'),
};

/** Declares the same tests for every kind of store. */
export function describeStores(what: string, declare: (kind: Kind) => void): void {
  describe(`${what}, SQLite`, () => declare(sqlite));
  describe(`${what}, PostgreSQL`, needsPostgres, () => {
    const cluster = useCluster();
    let brains = 0;
    declare({ name: 'PostgreSQL', fresh: () => cluster().address(`brain ${++brains}`) });
  });
}

/** A PostgreSQL server for the suite this is called in. */
export function useCluster(settings: readonly string[] = []): () => PostgresCluster {
  let cluster: PostgresCluster | undefined;
  before(async () => {
    cluster = await PostgresCluster.start(settings);
  });
  after(() => cluster?.stop());
  return () => cluster!;
}

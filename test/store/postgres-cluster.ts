import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const PATIENCE = 30_000;

/** Where PostgreSQL 15 keeps its programs: Debian's folder, or whatever `pg_config` says. */
function programFolder(): string | undefined {
  const debian = '/usr/lib/postgresql/15/bin';
  if (existsSync(join(debian, 'initdb'))) return debian;
  const { stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const folder = stdout?.trim();
  return folder && existsSync(join(folder, 'initdb')) ? folder : undefined;
}

const programs = programFolder();

/** Test options that skip, with the reason, where there is no PostgreSQL. */
export const needsPostgres = {
  skip: programs === undefined && 'needs PostgreSQL 15 (Debian: apt-get install postgresql-15)',
};

/** The server refuses to run as root. `nobody` has a name, and no rights. */
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A private PostgreSQL server in a temporary folder, reached by its socket there and no other way. */
export class PostgresCluster {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly settings: readonly string[],
  ) {}

  static async start(settings: readonly string[] = []): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'graffiti-pg-'));
    const data = join(folder, 'data');
    mkdirSync(data);
    if (user.uid !== undefined)
      for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
    chmodSync(data, 0o700);
    const { status, stderr } = spawnSync(
      join(programs!, 'initdb'),
      ['-D', data, '-U', 'graffiti', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...user, encoding: 'utf8', cwd: folder, env: { PATH: process.env.PATH } },
    );
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
    const cluster = new PostgresCluster(folder, settings);
    await cluster.run();
    return cluster;
  }

  /** Address of a brain, in the database 'postgres' unless another is named. */
  address(brain: string, database = 'postgres'): string {
    const query = new URLSearchParams({ host: this.folder, user: 'graffiti', brain });
    return `postgres:///${database}?${query}`;
  }

  /** Address of all brains of the database, as `graffiti serve --store` takes it. */
  store(): string {
    return `postgres:///postgres?${new URLSearchParams({ host: this.folder, user: 'graffiti' })}`;
  }

  /** Path of the server's socket. */
  get socket(): string {
    return join(this.folder, '.s.PGSQL.5432');
  }

  /** Ends every client's connection, as an administrator may. */
  async terminateConnections(): Promise<void> {
    await this.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    );
  }

  /** Runs statements as the server's superuser, and returns the rows of the last one. */
  async sql(statements: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: this.folder, user: 'graffiti', database });
    await client.connect();
    try {
      const results = [(await client.query(statements)) as unknown as pg.QueryResult].flat();
      return results[results.length - 1]!.rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  /** Ends the server's processes as a crash would, and starts it again. */
  async crash(): Promise<void> {
    await this.end('SIGQUIT');
    await this.run();
  }

  /** Shuts the server down, until `back`. */
  away(): Promise<void> {
    return this.end('SIGINT');
  }

  back(): Promise<void> {
    return this.run();
  }

  async stop(): Promise<void> {
    await this.end('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.server) return;
    const ended = once(this.server, 'close');
    this.server.kill(signal);
    await ended;
    this.server = undefined;
  }

  private async run(): Promise<void> {
    const { folder } = this;
    const settings = ['listen_addresses=', 'max_connections=60', 'shared_buffers=16MB'];
    const server = spawn(
      join(programs!, 'postgres'),
      ['-D', join(folder, 'data'), '-k', folder].concat(
        [...settings, ...this.settings].flatMap((setting) => ['-c', setting]),
      ),
      {
        ...user,
        stdio: ['ignore', 'ignore', 'ignore'],
        cwd: folder,
        env: { PATH: process.env.PATH },
      },
    );
    this.server = server;
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const { status } = spawnSync(join(programs!, 'pg_isready'), ['-q', '-h', folder]);
      if (status === 0) return;
      if (server.exitCode !== null || Date.now() > deadline) throw new Error('postgres: no start');
      await sleep(50);
    }
  }
}

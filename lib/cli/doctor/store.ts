import { fail, type Finding, ok, reason, warn } from './finding.js';

/** Looks into a PostgreSQL database and changes nothing there. */
export async function checkStore(address: string): Promise<Finding> {
  const name = 'PostgreSQL';
  try {
    const { inspectDatabase } = await import('../../store/index.js');
    const { server, encoding, durable, brains } = await inspectDatabase(address);
    const found = `${server}, ${brains === undefined ? 'no brains yet' : `brains: ${brains}`}`;
    if (encoding !== 'UTF8') {
      return fail(
        name,
        `${found}, encoding ${encoding}`,
        'Make a database with the encoding UTF8.',
      );
    }
    if (!durable) {
      const advice = 'Set fsync and full_page_writes to on, or a power failure loses memories.';
      return warn(name, `${found}, fsync or full_page_writes is off`, advice);
    }
    return ok(name, found);
  } catch (error) {
    return fail(name, reason(error), 'Check the address, and that the server runs.');
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { packageRoot } from '../native.js';
import { ApiError } from './failure.js';
import type { App } from './routes/app.js';

/** Where `npm run build` puts the page. */
const FOLDER = join(packageRoot, 'dist', 'ui');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The page loads nothing from elsewhere, and nobody else shows it in a frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Files of the page in memory, by their path: what is not among them does not exist. */
async function readPage(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  try {
    for (const name of await readdir(join(FOLDER, 'assets'))) {
      files.set(`/assets/${name}`, await readFile(join(FOLDER, 'assets', name)));
    }
    files.set('/', await readFile(join(FOLDER, 'index.html')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    files.clear(); // not built: the API works without
  }
  return files;
}

/** The page at `/`. */
export async function pageRoutes(app: App): Promise<void> {
  const files = await readPage();
  const schema = { hide: true };
  app.get('/', { schema }, async (_request, answer) => {
    const page = files.get('/');
    if (!page) throw new ApiError(404, 'The page is not built; "npm run build" does it.');
    return answer
      .headers({
        'content-type': TYPES['.html'],
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      })
      .send(page);
  });
  app.get('/assets/*', { schema }, async (request, answer) => {
    const path = request.url.split('?')[0]!;
    const file = files.get(path);
    if (!file) throw new ApiError(404, 'There is nothing at this address.');
    return answer
      .headers({
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        'x-content-type-options': 'nosniff',
        'cache-control': 'public, max-age=31536000, immutable', // its name is a hash of it
      })
      .send(file);
  });
}

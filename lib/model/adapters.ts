import { createHash } from 'node:crypto';
import type { AdapterHandle } from '../native.js';

/**
 * Adapters by their bytes, as long as somebody holds them. The engine batches sessions together that run under one
 * adapter: two of the same bytes would part them.
 */
export class Adapters {
  private readonly known = new Map<string, WeakRef<AdapterHandle>>();
  private readonly gone = new FinalizationRegistry<string>((key) => {
    if (!this.known.get(key)?.deref()) this.known.delete(key);
  });

  constructor(private readonly load: (file: Uint8Array) => Promise<AdapterHandle>) {}

  async loaded(file: Uint8Array): Promise<AdapterHandle> {
    const key = createHash('sha256').update(file).digest('base64');
    const known = this.known.get(key)?.deref();
    if (known) return known;
    const adapter = await this.load(file);
    this.known.set(key, new WeakRef(adapter));
    this.gone.register(adapter, key);
    return adapter;
  }
}

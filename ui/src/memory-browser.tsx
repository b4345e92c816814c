import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Memory } from './api.js';

/** ms in which forgetting can be taken back; afterwards it is for good. */
const GRACE = 5000;

/** What a brain was told: search, tags, add, forget with undo. */
export function MemoryBrowser({
  brain,
  memories,
  onChange,
}: {
  brain: string;
  memories: readonly Memory[];
  onChange: () => Promise<void>;
}) {
  const [query, setQuery] = useState('');
  const [tag, setTag] = useState<string>();
  const [found, setFound] = useState<readonly Memory[]>();
  const [failure, setFailure] = useState<string>();
  const { leaving, forget, undo } = useForgetting(brain, onChange, setFailure);

  useEffect(() => {
    if (query.trim() === '') {
      setFound(undefined);
      return undefined;
    }
    const timer = setTimeout(() => {
      api.search(brain, query).then(setFound, (error: Error) => setFailure(error.message));
    }, 250);
    return () => clearTimeout(timer);
  }, [brain, query, memories]);

  const tags = [...new Set(memories.flatMap((memory) => memory.tags))].sort();
  const shown = (found ?? memories).filter(
    (memory) => memory.id !== leaving?.id && (tag === undefined || memory.tags.includes(tag)),
  );
  return (
    <section class="memories" aria-label="Memory">
      <Tell brain={brain} onTold={onChange} onFailure={setFailure} />
      <label>
        Search
        <input
          type="search"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
      </label>
      {tags.length > 0 && (
        <div class="tags" role="group" aria-label="Tags">
          {tags.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={tag === name}
              onClick={() => setTag(tag === name ? undefined : name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      {failure !== undefined && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <ul class="list">
        {shown.map((memory) => (
          <li key={memory.id}>
            <div>
              <p>{memory.text}</p>
              <small>
                #{memory.id} · {memory.speaker} · {new Date(memory.time).toLocaleString()}
                {memory.tags.map((name) => ` · ${name}`)}
              </small>
            </div>
            <button
              type="button"
              aria-label={`Forget: ${memory.text}`}
              onClick={() => forget(memory)}
            >
              Forget
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="hint">Nothing here.</p>}
      {leaving && (
        <p class="toast" role="status">
          Forgetting “{leaving.text}”
          <button type="button" onClick={undo}>
            Undo
          </button>
        </p>
      )}
    </section>
  );
}

/** Forgetting cannot be undone, so it waits a while before it begins. Leaving the view begins it. */
function useForgetting(
  brain: string,
  onChange: () => Promise<void>,
  onFailure: (message: string) => void,
) {
  const [leaving, setLeaving] = useState<Memory>();
  const pending = useRef<{ timer: number; now: () => void } | undefined>(undefined);

  const forget = (memory: Memory) => {
    pending.current?.now();
    setLeaving(memory);
    const now = () => {
      clearTimeout(pending.current?.timer);
      pending.current = undefined;
      api
        .forget(brain, memory.id)
        .then(onChange)
        .catch((error: Error) => onFailure(error.message))
        .finally(() => setLeaving((other) => (other === memory ? undefined : other)));
    };
    pending.current = { timer: window.setTimeout(now, GRACE), now };
  };
  const undo = () => {
    clearTimeout(pending.current?.timer);
    pending.current = undefined;
    setLeaving(undefined);
  };
  useEffect(() => () => pending.current?.now(), [brain]);
  return { leaving, forget, undo };
}

function Tell({
  brain,
  onTold,
  onFailure,
}: {
  brain: string;
  onTold: () => Promise<void>;
  onFailure: (message: string) => void;
}) {
  return (
    <form
      class="tell"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const field = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value;
        const tags = field('tags')
          .split(',')
          .map((tag) => tag.trim());
        api
          .tell(
            brain,
            field('text'),
            tags.filter((tag) => tag !== ''),
          )
          .then(() => form.reset())
          .then(onTold)
          .catch((error: Error) => onFailure(error.message));
      }}
    >
      <label>
        Tell it
        <input name="text" required maxLength={10_000} />
      </label>
      <label>
        Tags
        <input name="tags" placeholder="family, pets" />
      </label>
      <button type="submit">Tell</button>
    </form>
  );
}

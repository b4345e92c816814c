import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, type BrainFigures, keepKey, type Memory, Refused } from './api.js';
import { Chat } from './chat.js';
import { Engrams } from './engrams.js';
import { MemoryBrowser } from './memory-browser.js';
import { Plots } from './plots.js';
import { Sleep } from './sleep.js';
import type { Turn } from './turns.js';

const VIEWS = ['Chat', 'Memory', 'Plots', 'Sleep', 'Engrams'] as const;
type View = (typeof VIEWS)[number];

/** Figures of a brain at a moment, for the plots. */
export interface Moment extends BrainFigures {
  readonly at: number;
}

export function App() {
  const [model, setModel] = useState<string>();
  const [failure, setFailure] = useState<Error>();
  const [view, setView] = useState<View>('Chat');
  const [brains, setBrains] = useState<string[]>([]);
  const [brain, setBrain] = useState('default');
  const [memories, setMemories] = useState<Memory[]>([]);
  const [moments, setMoments] = useState<Moment[]>([]);
  const [turns, setTurns] = useState<readonly Turn[]>([]);

  const start = useCallback(async () => {
    try {
      setModel(await api.model());
      setBrains(await api.brains());
      setFailure(undefined);
    } catch (error) {
      setFailure(error as Error);
    }
  }, []);

  /** Reads the brain again: something was told or forgotten. */
  const refresh = useCallback(async () => {
    try {
      const figures = await api.figures(brain);
      setMemories(await api.memories(brain));
      setMoments((earlier) => [...earlier, { ...figures, at: Date.now() / 1000 }]);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
      setMemories([]); // a brain that is made when it is first told something
    }
    setBrains(await api.brains());
  }, [brain]);

  useEffect(() => void start(), [start]);
  useEffect(() => {
    setTurns([]);
    setMoments([]);
    if (model !== undefined) void refresh().catch(setFailure);
  }, [brain, model, refresh]);

  if (failure instanceof Refused && failure.status === 401) return <KeyForm onKey={start} />;
  return (
    <>
      <header>
        <h1>
          neural<span>-graffiti</span>
        </h1>
        <BrainChoice brain={brain} brains={brains} onChoose={setBrain} />
        <nav aria-label="Views">
          {VIEWS.map((name) => (
            <button
              key={name}
              type="button"
              aria-current={view === name ? 'page' : undefined}
              onClick={() => setView(name)}
            >
              {name}
            </button>
          ))}
        </nav>
      </header>
      {failure && (
        <p class="failure" role="alert">
          {failure.message}
        </p>
      )}
      <main>
        {model !== undefined && (
          <>
            <section hidden={view !== 'Chat'} aria-label="Chat">
              <Chat
                model={model}
                brain={brain}
                memories={memories}
                turns={turns}
                onTurns={setTurns}
                onRemembered={() => void refresh().catch(setFailure)}
              />
            </section>
            {view === 'Memory' && (
              <MemoryBrowser brain={brain} memories={memories} onChange={refresh} />
            )}
            {view === 'Plots' && <Plots moments={moments} turns={turns} />}
            {view === 'Sleep' && <Sleep key={brain} brain={brain} />}
            {view === 'Engrams' && <Engrams key={brain} brain={brain} />}
          </>
        )}
      </main>
    </>
  );
}

function BrainChoice({
  brain,
  brains,
  onChoose,
}: {
  brain: string;
  brains: readonly string[];
  onChoose: (brain: string) => void;
}) {
  return (
    <label class="brain">
      Brain
      {/* Not bound to the brain: drawing again must not take back what is being typed. */}
      <input
        key={brain}
        list="brains"
        defaultValue={brain}
        pattern="[A-Za-z0-9][A-Za-z0-9._@:\|+~\-]{0,63}"
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== '' && currentTarget.reportValidity()) {
            onChoose(currentTarget.value);
          }
        }}
      />
      <datalist id="brains">
        {brains.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}

function KeyForm({ onKey }: { onKey: () => Promise<void> }) {
  return (
    <form
      class="key"
      onSubmit={(event) => {
        event.preventDefault();
        const key = new FormData(event.currentTarget).get('key');
        if (typeof key === 'string') keepKey(key);
        void onKey();
      }}
    >
      <label>
        This server asks for an API key
        <input name="key" type="password" required />
      </label>
      <button type="submit">Go on</button>
    </form>
  );
}

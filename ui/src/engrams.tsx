import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, type Engram, Refused } from './api.js';
import { Failure, useJob, Working } from './job.js';

/** What the weights know of chosen texts: found, erased from this brain's replies, or added once more. */
export function Engrams({ brain }: { brain: string }) {
  const [engrams, setEngrams] = useState<readonly Engram[]>([]);
  const read = useCallback(async () => {
    try {
      setEngrams(await api.engrams(brain));
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error; // nothing told yet
    }
  }, [brain]);
  const { job, running, failure, setFailure, follow } = useJob(brain, 'engram', read);
  const failed = (error: Error) => setFailure(error.message);
  useEffect(() => void read().catch(failed), [read]);

  const weigh = (name: string, weight: number) => {
    const changed = engrams.map((one) => (one.name === name ? { ...one, weight } : one));
    setEngrams(changed);
    api.setWeights(brain, changed.map(({ name, weight }) => ({ name, weight }))).catch(failed); // prettier-ignore
  };
  const remove = (name: string) => {
    api.removeEngram(brain, name).then(read).catch(failed);
  };
  return (
    <section class="engrams" aria-label="Engrams">
      <p class="hint">
        An engram is what the model’s weights know of some texts. At −1 it is erased from this
        brain’s replies, at 0 the model is as it was, at 1 it is there once more.
      </p>
      <Extract disabled={running} onExtract={(wanted) => void follow(api.extract(brain, wanted))} />
      {running && job && <Working job={job} label="How far the extraction is" />}
      <Failure message={failure} />
      <ul class="list">
        {engrams.map(({ name, time, bytes, weight }) => (
          <li key={name}>
            <div>
              <p>{name}</p>
              <small>
                {new Date(time).toLocaleString()} · {Math.ceil(bytes / 1024)} KiB
              </small>
              <label class="weight">
                Weight
                <input
                  type="range"
                  aria-label={`Weight of ${name}`}
                  min="-2"
                  max="2"
                  step="0.25"
                  value={weight}
                  onChange={({ currentTarget }) => weigh(name, Number(currentTarget.value))}
                />
                <output>{(weight > 0 ? '+' : '') + weight.toFixed(2)}</output>
              </label>
            </div>
            <button type="button" aria-label={`Remove: ${name}`} onClick={() => remove(name)}>
              Remove
            </button>
          </li>
        ))}
      </ul>
      {engrams.length === 0 && !running && <p class="hint">No engrams yet.</p>}
    </section>
  );
}

interface Wanted {
  readonly name: string;
  readonly target: { prompt: string; answer: string }[];
  readonly forgetting: number;
}

/** What is to be found: one question with its answer a line, a vertical bar between them. */
function Extract({
  disabled,
  onExtract,
}: {
  disabled: boolean;
  onExtract: (wanted: Wanted) => void;
}) {
  const [fault, setFault] = useState<string>();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { elements } = event.currentTarget;
        const field = (name: string) => (elements.namedItem(name) as HTMLInputElement).value;
        const lines = field('target')
          .split('\n')
          .filter((line) => line.trim() !== '');
        const target = lines.map((line) => {
          const [prompt = '', ...answer] = line.split('|');
          return { prompt: prompt.trim(), answer: answer.join('|').trim() };
        });
        const incomplete = target.findIndex(({ answer }) => answer === '');
        setFault(incomplete < 0 ? undefined : `Line ${incomplete + 1} has no answer behind a “|”.`);
        if (incomplete < 0) {
          onExtract({
            name: field('name').trim(),
            target,
            forgetting: Number(field('forgetting')),
          });
        }
      }}
    >
      <label>
        Name
        <input name="name" required maxLength={200} pattern=".*\S.*" />
      </label>
      <label class="pairs">
        Questions and answers to find, one a line
        <textarea name="target" required rows={3} placeholder="Who is Lily? | A little girl." />
      </label>
      <label>
        Forgetting, nats a token
        <input name="forgetting" type="number" min="0.1" max="10" step="0.1" defaultValue="1.5" />
      </label>
      <Failure message={fault} />
      <button type="submit" disabled={disabled}>
        Extract
      </button>
    </form>
  );
}

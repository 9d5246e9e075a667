// Owns the example of React: a kept profile, tastes, and a list that follows. Must not send anything.
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useModel, useRecommendations, useSnapshot } from 'ampcf/react';
import { indexedDbStore, keepProfile } from 'ampcf/store';

const none = [];
const examples = ['alien-1979', 'my-neighbor-totoro-1988'];

/** A profile that is there again after a reload. */
function useKeptProfile(model) {
  const [me, setMe] = useState(null);
  useEffect(() => {
    if (!model) return;
    const keeping = keepProfile(model, indexedDbStore({ name: 'films-react' }));
    keeping.then(({ profile }) => {
      if (profile.size === 0) examples.forEach(profile.add);
      setMe(profile);
    });
    return () => {
      setMe(null);
      keeping.then(({ close }) => close());
    };
  }, [model]);
  return me;
}

function Tastes({ me }) {
  const personas = useSnapshot(me, ({ personas }) => personas(), none);
  return (
    <ul id="tastes">
      {personas.map(({ index, label, share }) => (
        <li key={index}>
          {label}: {Math.round(share * 100)} %
        </li>
      ))}
    </ul>
  );
}

export function App() {
  const { model, error, progress } = useModel('/films.ampcf');
  const me = useKeptProfile(model);
  const { items } = useRecommendations(me, { topK: 8 });
  if (error) return <p role="alert">{error.message}</p>;
  if (!me) return <p role="status">Loading … {progress?.loaded ?? 0} bytes</p>;
  return (
    <main>
      <h1>For you</h1>
      <Tastes me={me} />
      <ol>
        {items.map(({ item, title }) => (
          <li key={item}>
            <button onClick={() => me.add(item)}>{title}</button>
          </li>
        ))}
      </ol>
      <button id="undo" onClick={me.undo}>
        Undo
      </button>
    </main>
  );
}

createRoot(document.getElementById('app')).render(<App />);

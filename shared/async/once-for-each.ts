/** The same function, but it works once for each object, for as long as that object is in use. */
export function onceForEach<K extends object, V>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { value: V }>();
  return (of) => {
    const kept = known.get(of) ?? { value: work(of) };
    known.set(of, kept);
    return kept.value;
  };
}

/** What is noted of every call that leaves the process, and what may be done before and after one. */
export interface Outside {
  calls: string[];
  before?: ((name: string, index: number) => void | Promise<void>) | undefined;
  after?: ((name: string, index: number) => void | Promise<void>) | undefined;
}

type Functions = Record<string, (...values: never[]) => unknown>;

/** The same edges with an ear at each function: the fault switch of the tests, and their counter. */
export function interpose<E extends { [Name in keyof E]: object }>(edges: E, outside: Outside): E {
  return reroute(edges, async (call, _values, run) => {
    const index = outside.calls.push(call);
    await outside.before?.(call, index);
    const result = await run();
    await outside.after?.(call, index);
    return result;
  });
}

/** Takes a call, such as `table.get`, and what it is given, on its way out; `run` carries it out. */
export type Route = (call: string, values: readonly unknown[], run: () => unknown) => unknown;

/** The same edges, with every call handed over to somebody who decides when it takes effect, and what it answers. */
export function reroute<E extends { [Name in keyof E]: object }>(edges: E, route: Route): E {
  const wrapped = Object.entries(edges).map(([edge, functions]) => [edge, wrap(edge, functions as Functions, route)]);
  return Object.fromEntries(wrapped);
}

/** What a process knows by itself is answered at once, and is no call. */
const known = ['servers.latest', 'servers.members'];

function wrap(edge: string, functions: Functions, route: Route): Functions {
  const entries = Object.entries(functions).map(([name, run]) => {
    if (known.includes(`${edge}.${name}`)) return [name, run];
    const rerouted = async (...values: never[]) => route(`${edge}.${name}`, values, () => run(...values));
    return [name, rerouted];
  });
  return Object.fromEntries(entries);
}

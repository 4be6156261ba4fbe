/** What is noted of every call that leaves the process, and what may be done before and after one. */
export interface Outside {
  calls: string[];
  before?: ((name: string, index: number) => void | Promise<void>) | undefined;
  after?: ((name: string, index: number) => void | Promise<void>) | undefined;
}

type Functions = Record<string, (...values: never[]) => unknown>;

/** The same edges with an ear at each function: the fault switch of the tests, and their counter. */
export function interpose<E extends { [Name in keyof E]: object }>(edges: E, outside: Outside): E {
  const wrapped = Object.entries(edges).map(([edge, functions]) => [edge, wrap(edge, functions as Functions, outside)]);
  return Object.fromEntries(wrapped);
}

function wrap(edge: string, functions: Functions, outside: Outside): Functions {
  const entries = Object.entries(functions).map(([name, run]) => {
    const heard = async (...values: never[]) => {
      const call = `${edge}.${name}`;
      const index = outside.calls.push(call);
      await outside.before?.(call, index);
      const result = await run(...values);
      await outside.after?.(call, index);
      return result;
    };
    return [name, heard];
  });
  return Object.fromEntries(entries);
}

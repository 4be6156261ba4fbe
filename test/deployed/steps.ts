/** Takes steps one after another, and says how each went. */
export interface Steps {
  /** Rejects if the step does: what comes after it rests on it. */
  take<T>(what: string, act: () => Promise<T>): Promise<T>;
  passed(): number;
}

export function countSteps(): Steps {
  let passed = 0;
  return {
    async take(what, act) {
      const began = Date.now();
      try {
        const result = await act();
        passed += 1;
        console.log(`ok      ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        return result;
      } catch (fault) {
        console.log(`FAILED  ${what}`);
        throw fault;
      }
    },
    passed: () => passed,
  };
}

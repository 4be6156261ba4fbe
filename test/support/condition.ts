import type { Condition, Item } from '../../shared/store/expressions';

/** Whether a condition of DynamoDB's holds for an item, in the part of the language that the store uses: `attribute_not_exists`, `attribute_exists`, comparisons with values and attributes, `AND`, `OR`, brackets. */
export function holds(item: Item | undefined, { if: condition, values = {} }: Condition = {}): boolean {
  if (condition === undefined) return true;
  const tokens = condition.match(/attribute_not_exists|attribute_exists|[#:]\w+|<>|<=|>=|[=<>()]|AND|OR/g) ?? [];
  if (tokens.join('') !== condition.replace(/\s/g, '')) throw new Error(`Not understood: ${condition}`);
  let at = 0;
  const next = () => tokens[at++] ?? '';
  const expect = (token: string) => {
    if (next() !== token) throw new Error(`Expected ${token}: ${condition}`);
  };

  function either(): boolean {
    let result = both();
    while (tokens[at] === 'OR') {
      at++;
      const right = both();
      result = result || right;
    }
    return result;
  }
  function both(): boolean {
    let result = one();
    while (tokens[at] === 'AND') {
      at++;
      const right = one();
      result = result && right;
    }
    return result;
  }
  function one(): boolean {
    const first = next();
    if (first === '(') {
      const result = either();
      expect(')');
      return result;
    }
    if (first.startsWith('attribute_')) {
      expect('(');
      const name = next();
      expect(')');
      return (item?.[name.slice(1)] === undefined) === (first === 'attribute_not_exists');
    }
    const [operator, value] = [next(), next()];
    if (!first.startsWith('#') || !/^[#:]/.test(value)) throw new Error(`Not understood: ${condition}`);
    const right = value.startsWith('#') ? item?.[value.slice(1)] : values[value.slice(1)];
    return compares(item?.[first.slice(1)], operator, right);
  }

  const result = either();
  if (at !== tokens.length) throw new Error(`Not understood: ${condition}`);
  return result;
}

/** An attribute that is not there is unequal to everything, and in no order. */
function compares(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '<>') return left !== right;
  if (left === undefined || typeof left !== typeof right) return false;
  if (operator === '=') return left === right;
  const order = typeof left === 'number' ? left - Number(right) : String(left) < String(right) ? -1 : 1;
  if (operator === '<=') return order <= 0 || left === right;
  if (operator === '<') return left !== right && order < 0;
  if (operator === '>=') return order >= 0 || left === right;
  if (operator === '>') return left !== right && order > 0;
  throw new Error(`Not understood: ${operator}`);
}

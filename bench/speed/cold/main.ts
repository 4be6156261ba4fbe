import { isMet } from '../measure/measured';
import { measureCold } from './cold';

// Prints this part alone.
measureCold({ largest: false }).then(({ columns, rows, verdicts }) => {
  for (const row of [columns, ...rows]) console.log(row.join(' | '));
  for (const verdict of verdicts)
    console.log(isMet(verdict) ?? '', verdict.what, verdict.value.toFixed(2), verdict.noisy ?? '');
});

import type * as v from 'valibot';
import type { Route } from '../contract/route';
import type { Event } from '../store/audit';
import type { ApiRequest } from './request';

/** One request on its way through a use case. */
export interface Call<Body = unknown, Query = unknown> {
  request: ApiRequest;
  /** When it came. */
  now: Date;
  /** What its route takes from the body and from the query, checked. */
  body: Body;
  query: Query;
  /** Puts an event on record, with this request as its source. */
  note(event: Event): Promise<void>;
}

/** A request to this route. */
export type CallOf<R extends Route> = Call<Parsed<R['body']>, Parsed<R['query']>>;

type Parsed<S> = S extends v.GenericSchema ? v.InferOutput<S> : undefined;

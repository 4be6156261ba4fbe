import type * as v from 'valibot';
import type { Route } from '../contract/route';
import type { Event } from '../store/audit';
import type { ApiRequest } from './request';

export interface Call<Body = unknown, Query = unknown> {
  request: ApiRequest;
  /** When the request came. */
  now: Date;
  /** The checked fields of the body and of the query. */
  body: Body;
  query: Query;
  /** Writes an event with this request as its source. */
  note(event: Event): Promise<void>;
}

/** A request to this route. */
export type CallOf<R extends Route> = Call<Parsed<R['body']>, Parsed<R['query']>>;

type Parsed<S> = S extends v.GenericSchema ? v.InferOutput<S> : undefined;

import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../shared/contract/route';
import type { Alarms } from './alarms';
import type { Api } from './api';
import type { ScheduledJob } from './jobs';

const period = Duration.minutes(5);

export interface Watched {
  readonly functions: Record<FunctionName, LambdaFunction>;
  readonly jobs: Record<ScheduledJob, LambdaFunction>;
  readonly noteFeedback: LambdaFunction;
  readonly rotate: LambdaFunction;
  readonly api: Api;
}

/** When alarms ring. Each says what is wrong, and names its section of docs/operations.md. */
export function watchService(alarms: Alarms, watched: Watched): void {
  watchEnds(alarms, watched);
  watchDailyJobs(alarms, watched);
  watchRows(alarms, watched);
  watchMail(alarms, watched);
  watchRequests(alarms, watched);
  alarms.ring('rotation-failing', {
    says: "A host's admin password could not be rotated. The one before it still works",
    section: 'a-rotation-fails',
    metric: errorsOf(watched.rotate),
    id: 'RotationFailing',
  });
}

const errorsOf = (fn: LambdaFunction): IMetric => fn.metricErrors({ period });

function watchEnds(alarms: Alarms, { jobs: { reap } }: Watched): void {
  alarms.ring('overdue-credential', {
    says: 'A credential that should be dead has been alive for more than 5 minutes',
    section: 'a-credential-is-overdue',
    metric: alarms.figure('OldestOverdueSeconds', 'Maximum', 1),
    least: 301,
    periods: 2,
  });
  alarms.ring('proof-incomplete', {
    says: 'A credential counts as ended although a member of its host could not be asked for a day',
    section: 'a-proof-is-incomplete',
    metric: alarms.figure('IncompleteProofs', 'Sum', 5),
  });
  alarms.ring('grant-unsettled', {
    says: 'A credential is not on the server on which it was made, so nobody knows whether it is dead',
    section: 'a-grant-is-not-where-it-was-made',
    metric: alarms.figure('UnsettledGrants', 'Maximum', 5),
  });
  alarms.ring('reaper-failing', {
    says: 'The job that ends credentials fails',
    section: 'the-reaper-fails-or-is-silent',
    metric: errorsOf(reap),
  });
  alarms.ring('reaper-silent', {
    says: 'The job that ends credentials does not run',
    section: 'the-reaper-fails-or-is-silent',
    metric: reap.metricInvocations({ period }),
    most: 0,
  });
  alarms.ring('host-unreachable', {
    says: 'A MongoDB host has not answered for half an hour, so nothing can be ended there',
    section: 'a-host-does-not-answer',
    metric: alarms.figure('SilentHosts', 'Minimum', 30),
  });
}

/** Reminders, and the comparison of hosts with the grants. */
function watchDailyJobs(alarms: Alarms, { jobs: { remind, reconcile } }: Watched): void {
  alarms.ring('daily-job-late', {
    says: 'A job of each day, reminders or the comparison of hosts and grants, has not come to its end for 30 hours',
    section: 'a-daily-job-is-late-or-fails',
    metric: alarms.figure('OldestJobSeconds', 'Maximum', 5),
    least: 30 * 3600,
  });
  alarms.ring('remind-failing', {
    says: 'The job that tells people of the end of their logins fails',
    section: 'a-daily-job-is-late-or-fails',
    metric: errorsOf(remind),
  });
  alarms.ring('reconcile-failing', {
    says: 'The daily comparison of hosts and grants fails',
    section: 'reconcile',
    metric: errorsOf(reconcile),
  });
  alarms.ring('orphan-user', {
    says: 'A MongoDB user with our mark had no grant: a restored backup, or somebody made it by hand',
    section: 'reconcile',
    metric: alarms.figure('OrphanUsers', 'Maximum', 5),
  });
}

/** A bad row harms nothing else, but somebody must mend it. */
function watchRows(alarms: Alarms, { functions, jobs }: Watched): void {
  const { 'redeem-link': _, ...readRules } = functions;
  alarms.ring('unreadable-rule', {
    says: 'A stored rule or scope cannot be read, so it denies, and people may be locked out',
    section: 'a-rule-cannot-be-read',
    metric: alarms.lines(Object.values(readRules), 'UnreadableRules', { codes: ['rule_unreadable'], id: 'Unreadable' }),
  });
  const all = [...Object.values(functions), ...Object.values(jobs)];
  alarms.ring('unreadable-row', {
    says: 'A row of the table cannot be read: nothing is done with it, and its login, if it is one of a grant, may be alive',
    section: 'a-row-cannot-be-read',
    metric: alarms.lines(all, 'UnreadableRows', { codes: ['row_unreadable'] }),
  });
}

/** Mails that SES refuses, bounces and complaints, and people who are kept from asking for links. */
function watchMail(alarms: Alarms, { functions, jobs, noteFeedback }: Watched): void {
  const requestLink = functions['request-link'];
  alarms.ring('mail-failing', {
    says: 'A mail could not be sent, so somebody waits for it in vain',
    section: 'mail-fails',
    metric: alarms.lines([requestLink, jobs.remind], 'FailedMails', { codes: ['link_failed', 'remind_failed'] }),
  });
  alarms.ring('mail-bouncing', {
    says: 'Five mails in an hour came back for good, or were held back by SES, which ends the sending of who goes on so',
    section: 'mail-comes-back',
    metric: alarms.lines([noteFeedback], 'BouncedMails', { codes: ['mail_bounced'], minutes: 60 }),
    least: 5,
  });
  alarms.ring('mail-complained-of', {
    says: 'Somebody marked a mail as unwanted, and gets no more',
    section: 'mail-comes-back',
    metric: alarms.lines([noteFeedback], 'Complaints', { codes: ['mail_complained'] }),
  });
  alarms.ring('feedback-failing', {
    says: 'What SES says of returned mails cannot be noted, so more mail goes there',
    section: 'mail-comes-back',
    metric: errorsOf(noteFeedback),
  });
  alarms.ring('new-addresses-capped', {
    says: 'Somebody asks for links to many names of one domain, and new people of it get none until the hour is over',
    section: 'new-addresses-of-a-domain-are-at-their-limit',
    metric: alarms.lines([requestLink], 'CappedNewAddresses', { codes: ['new_addresses_capped'] }),
  });
}

function watchRequests(alarms: Alarms, { api }: Watched): void {
  alarms.ring('request-failed', {
    says: 'A request was answered with 500, 502 or 504: a fault of mongogrant, or something that an admin must mend',
    section: 'requests-fail',
    metric: alarms.answers(api.log, 'FailedRequests', ['500', '502', '504']),
  });
  alarms.ring('api-unavailable', {
    says: 'Twenty requests in five minutes were answered with 5xx',
    section: 'requests-fail',
    metric: api.metricServerErrors(period),
    least: 20,
  });
  alarms.ring('throttled', {
    says: 'AWS refused to run a function, as this account runs as many in this region as it may',
    section: 'functions-are-throttled',
    // For the whole account: other functions that use up its runs take them from mongogrant.
    metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'Sum', period }),
  });
}

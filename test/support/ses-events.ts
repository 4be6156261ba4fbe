/** An event as EventBridge brings it from SES, in the shape of AWS's own examples. */
function sesEvent(detailType: string, to: string, detail: Record<string, unknown>) {
  return {
    version: '0',
    id: '12a18625-3dd9-fafb-809a-f63c0a4a1c0b',
    'detail-type': detailType,
    source: 'aws.ses',
    account: '123456789012',
    time: '2026-11-24T08:00:01Z',
    region: 'eu-central-1',
    resources: ['arn:aws:ses:eu-central-1:123456789012:configuration-set/mongogrant-feedback'],
    detail: {
      mail: {
        timestamp: '2026-11-24T08:00:00.532Z',
        source: 'mongogrant <no-reply@example.com>',
        sourceArn: 'arn:aws:ses:eu-central-1:123456789012:identity/no-reply@example.com',
        sendingAccountId: '123456789012',
        messageId: '0107017c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
        destination: [to],
        headersTruncated: false,
        headers: [
          { name: 'From', value: 'mongogrant <no-reply@example.com>' },
          { name: 'To', value: to },
          { name: 'Subject', value: 'Your mongogrant link 3f9a2c, asked for at 08:00 UTC' },
        ],
        commonHeaders: { from: ['mongogrant <no-reply@example.com>'], to: [to] },
        tags: {
          'ses:source-tls-version': ['TLSv1.3'],
          'ses:operation': ['SendEmail'],
          'ses:configuration-set': ['mongogrant-feedback'],
          'ses:source-ip': ['192.0.2.0'],
          'ses:from-domain': ['example.com'],
          'ses:caller-identity': ['request-link'],
        },
      },
      ...detail,
    },
  };
}

export const bounceOf = (to: string, bounceType = 'Permanent', bounceSubType = 'General') =>
  sesEvent('Email Bounced', to, {
    eventType: 'Bounce',
    bounce: {
      feedbackId: '0107017c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
      bounceType,
      bounceSubType,
      // A mailbox to which the mail was forwarded.
      bouncedRecipients: [
        {
          emailAddress: 'forwarded@elsewhere.org',
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 user unknown',
        },
      ],
      timestamp: '2026-11-24T08:00:01.102Z',
      reportingMTA: 'dsn; mta.example.com',
    },
  });

export const complaintOf = (to: string, about: Record<string, string | null> = { complaintFeedbackType: 'abuse' }) =>
  sesEvent('Email Complaint Received', to, {
    eventType: 'Complaint',
    complaint: {
      feedbackId: '0107017c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
      complaintSubType: null,
      complainedRecipients: [{ emailAddress: to }],
      timestamp: '2026-11-24T08:00:01.102Z',
      userAgent: 'Amazon SES Mailbox Simulator',
      arrivalDate: '2026-11-24T08:00:01.000Z',
      ...about,
    },
  });

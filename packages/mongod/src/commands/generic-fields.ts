/** Fields that any command may carry beside its own. */
export const genericFields: ReadonlySet<string> = new Set(
  `$audit $client $clusterTime $configServerState $configTime $db $oplogQueryData $queryOptions $readPreference
  $replData $tenant $topologyTime allowImplicitCollectionCreation apiDeprecationErrors apiStrict apiVersion
  autocommit clientOperationKey comment coordinator databaseVersion help lsid maxTimeMS maxTimeMSOpOnly
  mayBypassWriteBlocking readConcern shardVersion startTransaction stmtId txnNumber writeConcern`.split(/\s+/),
);

/**
 * A scripted driver for Raft: a cluster in the hand of a test, which says what arrives, what is
 * lost, whose timer fires, and who crashes; everything else stands still.
 *
 * Where the simulator draws what happens from a seed, a script states one course of events and its
 * exact outcome: it is what sentences of the paper, behaviours of other implementations and bugs
 * once found are written down with. The driver knows no test framework.
 *
 * ```ts
 * import assert from 'node:assert/strict'
 * import { Cluster, diskOf } from '@lockstep/raft/testing'
 *
 * // A leader that is cut off cannot commit, and gives way to the one that was elected meanwhile.
 * const cluster = new Cluster([diskOf([]), diskOf([]), diskOf([])])
 * cluster.campaign('n1')
 * cluster.isolate('n1')
 * cluster.propose('n1')
 * assert.equal(cluster.inspect('n1').commit, 1)
 *
 * cluster.campaign('n2')
 * cluster.heal()
 * cluster.beat('n2')
 * cluster.beat('n2')
 * assert.equal(cluster.inspect('n1').role, 'follower')
 * assert.deepEqual(cluster.at('n1').terms, [1, 2])
 *
 * // The transcript says what happened, message by message.
 * cluster.transcript.take()
 * cluster.at('n2').autoSync = false
 * cluster.at('n3').fire('election')
 * cluster.deliver()
 * assert.match(cluster.transcript.text, /n3 > n2: RequestVote term=3 lastIndex=2 lastTerm=2/)
 * // Its vote is not on disk yet, so that it may not be told: a crash takes it along.
 * cluster.crash('n2')
 * assert.equal(cluster.at('n2').disk.isSynced, true)
 * cluster.restart('n2')
 * assert.equal(cluster.inspect('n2').term, 2)
 * ```
 *
 * A script drives a cluster with `campaign`, `propose`, `beat`, `tick`, `crash` and `restart`;
 * loses messages with `cut`, `isolate` and `drop`; holds them back with `Host.take` and
 * `deliverOnce`; and looks with `inspect`, `Host.raft` and `transcript`. `Host` alone is one node
 * whose peers are played by the test.
 *
 * @module
 */
export { Cluster, type ClusterOptions, type Match } from './cluster.ts'
export { Disk, diskOf, entryOf } from './disk.ts'
export { figure2, Host, type HostOptions, type Sent, type Timer } from './host.ts'
export { lineOf, Transcript } from './transcript.ts'
export { asIndex, asTerm } from '../term.ts'

import { type Configuration, membersOf, type MembershipStep } from '@lockstep/raft'
import type { NodeId } from '@lockstep/process'
import { type Cluster, ClusterError } from './cluster.ts'
import { missingWithout } from './majority.ts'
import { change, MembershipError, memberRows } from './membership.ts'
import type { StoreClient } from './store-client.ts'

const patienceMs = 60_000

/** Changes who is in a running cluster, its processes along with its configuration. */
export class MemberChanges {
  readonly #cluster: Cluster
  readonly #client: StoreClient
  readonly #leave: AbortSignal | undefined

  /** Once `leave` is aborted, a change that has to wait for something is given up. */
  constructor(cluster: Cluster, client: StoreClient, leave?: AbortSignal) {
    this.#cluster = cluster
    this.#client = client
    this.#leave = leave
  }

  /** Starts a node, lets it learn, and gives it a vote once it has nearly all of the log. What was done before is not done again. */
  async add(id: NodeId): Promise<string> {
    if (!this.#cluster.nodes.includes(id)) await this.#cluster.add(id)
    this.#client.setNodes(this.#cluster.urls)
    const members = await this.#members()
    if (members.voters.includes(id)) return `${id} votes already.`
    const again = `Adding ${id} again goes on from there; removing it takes it out.`
    if (!membersOf(members).includes(id)) {
      await this.#step({ type: 'add-learner', id }, `${id} runs, but is no member. ${again}`)
    }
    await this.#step({ type: 'promote', id }, `${id} learns, but has no vote. ${again}`)
    return `${id} runs, has caught up, and votes.`
  }

  /** Takes a node out of the configuration, and then ends its process. */
  async remove(id: NodeId): Promise<string> {
    const members = await this.#members()
    const isMember = membersOf(members).includes(id)
    this.#keepMajority(members.voters, id)
    if (isMember) await this.#step({ type: 'remove', id }, `${id} is a member still.`)
    if (this.#cluster.nodes.includes(id)) await this.#cluster.remove(id)
    else if (!isMember) throw new ClusterError(`There is no node ${id}.`)
    this.#client.setNodes(this.#cluster.urls)
    return `${id} is no member any more, and has ended; its disk stays.`
  }

  /** Makes a learner a voter. */
  async promote(id: NodeId): Promise<string> {
    await this.#step({ type: 'promote', id }, 'Nothing was changed.')
    return `${id} votes.`
  }

  /** Makes a voter a learner. */
  async demote(id: NodeId): Promise<string> {
    await this.#step({ type: 'demote', id }, 'Nothing was changed.')
    return `${id} learns, and has no vote.`
  }

  /** Asks the leader to hand over to a voter. */
  async transfer(id: NodeId): Promise<string> {
    if (await this.#client.store.handOver(id)) return `The leader hands over to ${id}.`
    throw new ClusterError(`No leader took the request in time, or ${id} is no other voter.`)
  }

  /** The members as rows of a table, with its heading. */
  async rows(): Promise<readonly (readonly string[])[]> {
    return memberRows(await this.#members(), this.#cluster.urls)
  }

  /**
   * Who runs is known here at once, while a leader goes by whom it heard within an election timeout:
   * soon after a crash it would take a change that nobody could commit.
   */
  #keepMajority(voters: readonly NodeId[], without: NodeId): void {
    const standings = new Map(this.#cluster.status().map(({ id, standing }) => [id, standing]))
    const silent = missingWithout(voters, without, (id) => (standings.get(id) ?? 'up') === 'up')
    if (silent.length === 0) return
    throw new ClusterError(
      `Without ${without} too few voters would run to commit anything: not ${silent.join(', ')}. Start ${silent.length === 1 ? 'it' : 'them'} first, or add a node.`,
    )
  }

  async #members(): Promise<Configuration> {
    const members = await this.#client.store.members()
    if (members !== undefined) return members
    throw new ClusterError(
      'Nobody leads now, and only a leader knows and changes the members. Start nodes until a majority of the voters runs.',
    )
  }

  async #step(step: MembershipStep, otherwise: string): Promise<void> {
    try {
      await change(() => this.#client.store, step, patienceMs, this.#leave)
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error
      const { code, message } = error
      const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
      throw new ClusterError(code === 'unknown' ? text : `${text} ${otherwise}`)
    }
  }
}

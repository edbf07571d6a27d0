import { type Configuration, membersOf, type MembershipStep } from '@lockstep/raft'
import type { NodeId } from '@lockstep/process'
import { type Cluster, ClusterError } from './cluster.ts'
import { change, MembershipError, memberRows } from './membership.ts'
import type { StoreClient } from './store-client.ts'

const patienceMs = 60_000

/** Changes who is in a running cluster, its processes along with its configuration. */
export class MemberChanges {
  readonly #cluster: Cluster
  readonly #client: StoreClient

  constructor(cluster: Cluster, client: StoreClient) {
    this.#cluster = cluster
    this.#client = client
  }

  /** Starts a node, lets it learn, and gives it a vote once it has nearly all of the log. What was done before is not done again. */
  async add(id: NodeId): Promise<string> {
    if (!this.#cluster.nodes.includes(id)) await this.#cluster.add(id)
    this.#client.setNodes(this.#cluster.urls)
    const members = await this.#members()
    if (members.voters.includes(id)) return `${id} votes already.`
    const again = `'add ${id}' goes on where it stopped, and 'remove ${id}' takes it out again.`
    if (!membersOf(members).includes(id)) {
      await this.#step({ type: 'add-learner', id }, `${id} runs, but is no member. ${again}`)
    }
    await this.#step({ type: 'promote', id }, `${id} learns, but has no vote. ${again}`)
    return `${id} runs, has caught up, and votes.`
  }

  /** Takes a node out of the configuration, and then ends its process. */
  async remove(id: NodeId): Promise<string> {
    const isMember = membersOf(await this.#members()).includes(id)
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

  async #members(): Promise<Configuration> {
    const members = await this.#client.store.members()
    if (members !== undefined) return members
    throw new ClusterError("Nobody took itself for the leader in time; 'status' shows who runs.")
  }

  async #step(step: MembershipStep, otherwise: string): Promise<void> {
    try {
      await change(() => this.#client.store, step, patienceMs)
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error
      const text = `Not done: ${error.message}.`
      throw new ClusterError(
        error.code === 'unknown'
          ? `Nobody knows whether it was done; 'members' shows it.`
          : `${text} ${otherwise}`,
      )
    }
  }
}

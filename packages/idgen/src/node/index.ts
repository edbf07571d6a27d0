export { FileMark } from './file-mark.ts'
export { FileWorkerMemory } from './file-worker-memory.ts'
export {
  type NodeZooKeeperClient,
  type NodeZooKeeperTransaction,
  zooKeeperNodes,
} from './zookeeper-nodes.ts'

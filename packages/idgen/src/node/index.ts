export { FileMark } from './file-mark.ts'
export {
  type NodeZooKeeperClient,
  type NodeZooKeeperTransaction,
  zooKeeperNodes,
} from './zookeeper-nodes.ts'

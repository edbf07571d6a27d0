/** The fields of a protobuf message by number: varints as bigints, everything with a length as bytes. */
export type Fields = ReadonlyMap<number, bigint | Uint8Array>

/** A request as gRPC frames it: not compressed, its length in four bytes. */
export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}

/** A protobuf field of bytes or text. */
export function bytesField(field: number, text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes])
}

/** Reads a message of varints and fields with a length; throws a `RangeError` at any other. */
export function fieldsOf(message: Uint8Array): Fields {
  const fields = new Map<number, bigint | Uint8Array>()
  let at = 0
  const number = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new RangeError('the message ends within a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < message.length) {
    const tag = Number(number())
    if ((tag & 7) === 0) fields.set(tag >> 3, number())
    else if ((tag & 7) === 2) {
      const length = Number(number())
      fields.set(tag >> 3, message.subarray(at, at + length))
      at += length
    } else throw new RangeError(`field ${tag >> 3} is of a kind that is not read here`)
  }
  return fields
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80)
    left >>>= 7
  }
  return Buffer.from([...bytes, left])
}

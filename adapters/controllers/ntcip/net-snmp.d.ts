// The part of net-snmp 3.29.2 that is used; the package has no types of its own.
declare module 'net-snmp' {
  export interface VarBind { oid: string; type: number; value: unknown }
  export interface RequestFailed extends Error { status?: number }
  export interface DatagramSocket {
    on(event: string, listener: (...values: never[]) => void): unknown
    send(message: Buffer, offset: number, length: number, port: number, address: string, done: (error: Error | null) => void): void
    close(): void
    ref(): void
    unref(): void
  }
  export interface SessionOptions {
    version?: number
    port?: number
    timeout?: number
    retries?: number
    reportOidMismatchErrors?: boolean
    strictIntRangeChecks?: boolean
    dgramModule?: { createSocket(transport: string): DatagramSocket }
  }
  export interface User { name: string; level: number; authProtocol: string; authKey: string; privProtocol: string; privKey: string }
  type Answer = (error: RequestFailed | null, varbinds?: VarBind[]) => void
  export interface Session {
    get(oids: string[], answer: Answer): void
    set(varbinds: VarBind[], answer: Answer): void
    close(): void
    on(event: string, listener: (error: Error) => void): void
  }
  const snmp: {
    createSession(target: string, community: string, options: SessionOptions): Session
    createV3Session(target: string, user: User, options: SessionOptions): Session
    Version1: number
    Version2c: number
    SecurityLevel: { authPriv: number }
    AuthProtocols: Record<'sha' | 'sha256' | 'sha384' | 'sha512', string>
    PrivProtocols: Record<'aes' | 'aes256b' | 'aes256r', string>
    ObjectType: Record<'Integer' | 'OctetString' | 'OID' | 'NoSuchObject' | 'NoSuchInstance' | 'EndOfMibView' | 'Null', number>
  }
  export default snmp
}

/**
 * ICE restart (RFC 8445, section 9): the connection goes on over another way, with fresh credentials on both
 * sides and everything else as it was negotiated. Half a second, where a new connection takes a whole one.
 */

/** One side's user name fragment and password. */
export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** Tells the server ours and gives the server's; throws when the server cannot be reached or refuses. */
export type Exchange = (ours: IceCredentials) => Promise<IceCredentials>;

/** Restarts ICE of a connection that has this answer; gives the answer as it is now. After a fault, as before. */
export async function restartIce(pc: RTCPeerConnection, answer: string, exchange: Exchange): Promise<string> {
  await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
  try {
    const theirs = await exchange(credentialsIn(pc.localDescription?.sdp ?? ""));
    const fresh = withCredentials(answer, theirs);
    await pc.setRemoteDescription({ type: "answer", sdp: fresh });
    return fresh;
  } catch (error) {
    if (pc.signalingState === "have-local-offer") await pc.setLocalDescription({ type: "rollback" });
    throw error;
  }
}

/** The credentials in a description, which are the same in all its parts (BUNDLE). */
export function credentialsIn(sdp: string): IceCredentials {
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const pwd = /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1];
  if (!ufrag || !pwd) throw new Error("the description has no ICE credentials");
  return { ufrag, pwd };
}

/** The description with other credentials in all its parts. */
export function withCredentials(sdp: string, ice: IceCredentials): string {
  return sdp
    .replace(/^a=ice-ufrag:.*$/gm, () => `a=ice-ufrag:${ice.ufrag}`)
    .replace(/^a=ice-pwd:.*$/gm, () => `a=ice-pwd:${ice.pwd}`);
}

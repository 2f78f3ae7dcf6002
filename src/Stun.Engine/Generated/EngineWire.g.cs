// Made by eng/generate from the [Wire] types; do not edit. A change here is a change of the wire.
#nullable enable

using Stun.Cbor;
using Stun.Protocol;

namespace Stun.Engine;

/// <summary>The canonical wire form of the records of Stun.Engine that are marked [Wire].</summary>
public static class EngineWire
{
}

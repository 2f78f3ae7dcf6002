using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stun.Zk.Lanes;

/// <summary>
/// Eight numbers side by side, each in nine limbs of 29 bits: limb i of all eight is one vector. Products of two limbs
/// have 58 bits, so that eighteen of them add up in a lane of 64 without a carry.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Octet
{
    public const int LimbBits = 29;

    public Vector512<ulong> L0;
    public Vector512<ulong> L1;
    public Vector512<ulong> L2;
    public Vector512<ulong> L3;
    public Vector512<ulong> L4;
    public Vector512<ulong> L5;
    public Vector512<ulong> L6;
    public Vector512<ulong> L7;
    public Vector512<ulong> L8;
}

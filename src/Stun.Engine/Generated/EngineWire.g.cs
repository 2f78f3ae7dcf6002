// Made by eng/generate from the [Wire] types; do not edit. A change here is a change of the wire.
#nullable enable

using Stun.Cbor;
using Stun.Protocol;

namespace Stun.Engine;

/// <summary>The canonical wire form of the records of Stun.Engine that are marked [Wire].</summary>
public static class EngineWire
{
    public static byte[] Encode(global::Stun.Engine.Admission.GatewayEvent value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Engine.Admission.GatewayEvent value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "GatewayEvent");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("GatewayEvent", cause);
        }
    }

    public static global::Stun.Engine.Admission.GatewayEvent DecodeGatewayEvent(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "GatewayEvent");
            return ReadGatewayEvent(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("GatewayEvent", cause);
        }
    }

    public static byte[] Encode(global::Stun.Engine.Leases.ProviderEvent value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "ProviderEvent");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ProviderEvent", cause);
        }
    }

    public static global::Stun.Engine.Leases.ProviderEvent DecodeProviderEvent(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "ProviderEvent");
            return ReadProviderEvent(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ProviderEvent", cause);
        }
    }

    public static byte[] Encode(global::Stun.Engine.Placement.Shortlist value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Engine.Placement.Shortlist value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Shortlist");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Shortlist", cause);
        }
    }

    public static global::Stun.Engine.Placement.Shortlist DecodeShortlist(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Shortlist");
            return ReadShortlist(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Shortlist", cause);
        }
    }

    public static byte[] Encode(global::Stun.Engine.Scheduling.SchedulerEvent value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "SchedulerEvent");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SchedulerEvent", cause);
        }
    }

    public static global::Stun.Engine.Scheduling.SchedulerEvent DecodeSchedulerEvent(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "SchedulerEvent");
            return ReadSchedulerEvent(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SchedulerEvent", cause);
        }
    }

    public static byte[] Encode(global::Stun.Engine.Settlement.EscrowEntry value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "EscrowEntry");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("EscrowEntry", cause);
        }
    }

    public static global::Stun.Engine.Settlement.EscrowEntry DecodeEscrowEntry(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "EscrowEntry");
            return ReadEscrowEntry(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("EscrowEntry", cause);
        }
    }

    public static byte[] Encode(global::Stun.Engine.Verification.ValidatorEvent value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "ValidatorEvent");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ValidatorEvent", cause);
        }
    }

    public static global::Stun.Engine.Verification.ValidatorEvent DecodeValidatorEvent(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "ValidatorEvent");
            return ReadValidatorEvent(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ValidatorEvent", cause);
        }
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Admission.GatewayEvent value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Engine.Admission.GatewayEvent.OrderTaken it:
                writer.WriteUInt64(1);
                WriteGatewayEventOrderTaken(writer, it);
                break;
            case global::Stun.Engine.Admission.GatewayEvent.OrderPassed it:
                writer.WriteUInt64(2);
                WriteGatewayEventOrderPassed(writer, it);
                break;
            case global::Stun.Engine.Admission.GatewayEvent.OrderEnded it:
                writer.WriteUInt64(3);
                WriteGatewayEventOrderEnded(writer, it);
                break;
            default:
                throw new WireException("GatewayEvent: a case without a number.");
        }
    }

    public static global::Stun.Engine.Admission.GatewayEvent ReadGatewayEvent(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "GatewayEvent") switch
        {
            1 => ReadGatewayEventOrderTaken(ref reader),
            2 => ReadGatewayEventOrderPassed(ref reader),
            3 => ReadGatewayEventOrderEnded(ref reader),
            var number => throw new WireException($"GatewayEvent: case {number} is not known."),
        };

    private static void WriteGatewayEventOrderTaken(CborWriter writer, global::Stun.Engine.Admission.GatewayEvent.OrderTaken value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Order);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Requester);
    }

    private static global::Stun.Engine.Admission.GatewayEvent.OrderTaken ReadGatewayEventOrderTaken(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "GatewayEvent.OrderTaken.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "GatewayEvent.OrderTaken.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "GatewayEvent.OrderTaken.Order");
        var f3 = ProtocolWire.ReadSignedOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "GatewayEvent.OrderTaken.Requester");
        var f4 = WireForm.ReadAddress(ref reader);
        WireForm.RequireDone(in reader, left, "GatewayEvent.OrderTaken");
        return new global::Stun.Engine.Admission.GatewayEvent.OrderTaken(f1, f2, f3, f4);
    }

    private static void WriteGatewayEventOrderPassed(CborWriter writer, global::Stun.Engine.Admission.GatewayEvent.OrderPassed value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Admission.GatewayEvent.OrderPassed ReadGatewayEventOrderPassed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "GatewayEvent.OrderPassed.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "GatewayEvent.OrderPassed");
        return new global::Stun.Engine.Admission.GatewayEvent.OrderPassed(f1);
    }

    private static void WriteGatewayEventOrderEnded(CborWriter writer, global::Stun.Engine.Admission.GatewayEvent.OrderEnded value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Admission.GatewayEvent.OrderEnded ReadGatewayEventOrderEnded(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "GatewayEvent.OrderEnded.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "GatewayEvent.OrderEnded");
        return new global::Stun.Engine.Admission.GatewayEvent.OrderEnded(f1);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Engine.Leases.ProviderEvent.LeaseTaken it:
                writer.WriteUInt64(1);
                WriteProviderEventLeaseTaken(writer, it);
                break;
            case global::Stun.Engine.Leases.ProviderEvent.RunFinished it:
                writer.WriteUInt64(2);
                WriteProviderEventRunFinished(writer, it);
                break;
            case global::Stun.Engine.Leases.ProviderEvent.ReceiptSigned it:
                writer.WriteUInt64(3);
                WriteProviderEventReceiptSigned(writer, it);
                break;
            case global::Stun.Engine.Leases.ProviderEvent.RunFailed it:
                writer.WriteUInt64(4);
                WriteProviderEventRunFailed(writer, it);
                break;
            case global::Stun.Engine.Leases.ProviderEvent.LeaseEnded it:
                writer.WriteUInt64(5);
                WriteProviderEventLeaseEnded(writer, it);
                break;
            case global::Stun.Engine.Leases.ProviderEvent.GenerationRestored it:
                writer.WriteUInt64(6);
                WriteProviderEventGenerationRestored(writer, it);
                break;
            case global::Stun.Engine.Leases.ProviderEvent.LeaseRestored it:
                writer.WriteUInt64(7);
                WriteProviderEventLeaseRestored(writer, it);
                break;
            default:
                throw new WireException("ProviderEvent: a case without a number.");
        }
    }

    public static global::Stun.Engine.Leases.ProviderEvent ReadProviderEvent(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "ProviderEvent") switch
        {
            1 => ReadProviderEventLeaseTaken(ref reader),
            2 => ReadProviderEventRunFinished(ref reader),
            3 => ReadProviderEventReceiptSigned(ref reader),
            4 => ReadProviderEventRunFailed(ref reader),
            5 => ReadProviderEventLeaseEnded(ref reader),
            6 => ReadProviderEventGenerationRestored(ref reader),
            7 => ReadProviderEventLeaseRestored(ref reader),
            var number => throw new WireException($"ProviderEvent: case {number} is not known."),
        };

    private static void WriteProviderEventLeaseTaken(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.LeaseTaken value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Lease);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Order);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Scheduler);
    }

    private static global::Stun.Engine.Leases.ProviderEvent.LeaseTaken ReadProviderEventLeaseTaken(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.LeaseTaken.Lease");
        var f1 = ProtocolWire.ReadLease(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ProviderEvent.LeaseTaken.Order");
        var f2 = ProtocolWire.ReadSignedOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ProviderEvent.LeaseTaken.Scheduler");
        var f3 = WireForm.ReadAddress(ref reader);
        WireForm.RequireDone(in reader, left, "ProviderEvent.LeaseTaken");
        return new global::Stun.Engine.Leases.ProviderEvent.LeaseTaken(f1, f2, f3);
    }

    private static void WriteProviderEventRunFinished(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.RunFinished value)
    {
        writer.WriteMapStart(5);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Result);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Proof);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.RunTime.Micros);
        writer.WriteUInt64(5);
        WireForm.Write(writer, value.Salt);
    }

    private static global::Stun.Engine.Leases.ProviderEvent.RunFinished ReadProviderEventRunFinished(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.RunFinished.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "ProviderEvent.RunFinished.Result");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ProviderEvent.RunFinished.Proof");
        var f3 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "ProviderEvent.RunFinished.RunTime");
        var f4 = new global::Stun.Protocol.Duration(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 5, "ProviderEvent.RunFinished.Salt");
        var f5 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "ProviderEvent.RunFinished");
        return new global::Stun.Engine.Leases.ProviderEvent.RunFinished(f1, f2, f3, f4, f5);
    }

    private static void WriteProviderEventReceiptSigned(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.ReceiptSigned value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Signature);
    }

    private static global::Stun.Engine.Leases.ProviderEvent.ReceiptSigned ReadProviderEventReceiptSigned(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.ReceiptSigned.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "ProviderEvent.ReceiptSigned.Signature");
        var f2 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "ProviderEvent.ReceiptSigned");
        return new global::Stun.Engine.Leases.ProviderEvent.ReceiptSigned(f1, f2);
    }

    private static void WriteProviderEventRunFailed(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.RunFailed value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Reason);
        writer.WriteUInt64(3);
        WireForm.WriteText(writer, value.Detail, 256, "ProviderEvent.RunFailed.Detail");
    }

    private static global::Stun.Engine.Leases.ProviderEvent.RunFailed ReadProviderEventRunFailed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.RunFailed.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "ProviderEvent.RunFailed.Reason");
        var f2 = ProtocolWire.ReadRunFailure(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ProviderEvent.RunFailed.Detail");
        var f3 = WireForm.ReadText(ref reader, 256, "ProviderEvent.RunFailed.Detail");
        WireForm.RequireDone(in reader, left, "ProviderEvent.RunFailed");
        return new global::Stun.Engine.Leases.ProviderEvent.RunFailed(f1, f2, f3);
    }

    private static void WriteProviderEventLeaseEnded(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.LeaseEnded value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
    }

    private static global::Stun.Engine.Leases.ProviderEvent.LeaseEnded ReadProviderEventLeaseEnded(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.LeaseEnded.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "ProviderEvent.LeaseEnded");
        return new global::Stun.Engine.Leases.ProviderEvent.LeaseEnded(f1);
    }

    private static void WriteProviderEventGenerationRestored(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.GenerationRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Generation);
    }

    private static global::Stun.Engine.Leases.ProviderEvent.GenerationRestored ReadProviderEventGenerationRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.GenerationRestored.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ProviderEvent.GenerationRestored.Generation");
        var f2 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "ProviderEvent.GenerationRestored");
        return new global::Stun.Engine.Leases.ProviderEvent.GenerationRestored(f1, f2);
    }

    private static void WriteProviderEventLeaseRestored(CborWriter writer, global::Stun.Engine.Leases.ProviderEvent.LeaseRestored value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Lease);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Order);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Scheduler);
    }

    private static global::Stun.Engine.Leases.ProviderEvent.LeaseRestored ReadProviderEventLeaseRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProviderEvent.LeaseRestored.Lease");
        var f1 = ProtocolWire.ReadLease(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ProviderEvent.LeaseRestored.Order");
        var f2 = ProtocolWire.ReadSignedOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ProviderEvent.LeaseRestored.Scheduler");
        var f3 = WireForm.ReadAddress(ref reader);
        WireForm.RequireDone(in reader, left, "ProviderEvent.LeaseRestored");
        return new global::Stun.Engine.Leases.ProviderEvent.LeaseRestored(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Market.PerformanceRecord value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Reliability);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Speed);
    }

    public static global::Stun.Engine.Market.PerformanceRecord ReadPerformanceRecord(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "PerformanceRecord.Reliability");
        var f1 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "PerformanceRecord.Speed");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "PerformanceRecord");
        return new global::Stun.Engine.Market.PerformanceRecord(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Placement.RefusalCount value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Reason);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.Offers);
    }

    public static global::Stun.Engine.Placement.RefusalCount ReadRefusalCount(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "RefusalCount.Reason");
        var f1 = ReadRefusalReason(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "RefusalCount.Offers");
        var f2 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.RequireDone(in reader, left, "RefusalCount");
        return new global::Stun.Engine.Placement.RefusalCount(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Placement.RefusalReason value)
    {
        var number = unchecked((ulong)value);
        if (number > 17) throw WireForm.NotDefined("RefusalReason", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Engine.Placement.RefusalReason ReadRefusalReason(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 17);
        return (global::Stun.Engine.Placement.RefusalReason)number;
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Placement.ScoreParts value)
    {
        writer.WriteMapStart(6);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.HardwareFit);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.History);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.Proximity);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.Price);
        writer.WriteUInt64(5);
        writer.WriteInt64(value.Load);
        writer.WriteUInt64(6);
        writer.WriteInt64(value.Reputation);
    }

    public static global::Stun.Engine.Placement.ScoreParts ReadScoreParts(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ScoreParts.HardwareFit");
        var f1 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "ScoreParts.History");
        var f2 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "ScoreParts.Proximity");
        var f3 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "ScoreParts.Price");
        var f4 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "ScoreParts.Load");
        var f5 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 6, "ScoreParts.Reputation");
        var f6 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.RequireDone(in reader, left, "ScoreParts");
        return new global::Stun.Engine.Placement.ScoreParts(f1, f2, f3, f4, f5, f6);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Placement.ScoredOffer value)
    {
        writer.WriteMapStart(6);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.Rank);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.Score);
        writer.WriteUInt64(5);
        Write(writer, value.Parts);
        writer.WriteUInt64(6);
        writer.WriteUInt128(value.PricePerSecond.Units);
    }

    public static global::Stun.Engine.Placement.ScoredOffer ReadScoredOffer(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ScoredOffer.Offer");
        var f1 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "ScoredOffer.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ScoredOffer.Rank");
        var f3 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "ScoredOffer.Score");
        var f4 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "ScoredOffer.Parts");
        var f5 = ReadScoreParts(ref reader);
        WireForm.ReadKey(ref reader, ref left, 6, "ScoredOffer.PricePerSecond");
        var f6 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ScoredOffer");
        return new global::Stun.Engine.Placement.ScoredOffer(f1, f2, f3, f4, f5, f6);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Placement.Shortlist value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.CandidateCount);
        writer.WriteUInt64(2);
        writer.WriteBool(value.IsByLot);
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Offers.Count, 8, "Shortlist.Offers");
        foreach (var item2 in value.Offers.Span)
        {
            Write(writer, item2);
        }
    }

    public static global::Stun.Engine.Placement.Shortlist ReadShortlist(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Shortlist.CandidateCount");
        var f1 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "Shortlist.IsByLot");
        var f2 = reader.ReadBool();
        WireForm.ReadKey(ref reader, ref left, 3, "Shortlist.Offers");
        var f3 = ReadScoredOfferList(ref reader, 8, "Shortlist.Offers");
        WireForm.RequireDone(in reader, left, "Shortlist");
        return new global::Stun.Engine.Placement.Shortlist(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Reputation.ReputationRecord value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.ScorePpm);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.PaidCount);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.FraudCount);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.At.Micros);
    }

    public static global::Stun.Engine.Reputation.ReputationRecord ReadReputationRecord(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ReputationRecord.ScorePpm");
        var f1 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "ReputationRecord.PaidCount");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "ReputationRecord.FraudCount");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "ReputationRecord.At");
        var f4 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "ReputationRecord");
        return new global::Stun.Engine.Reputation.ReputationRecord(f1, f2, f3, f4);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Scheduling.Ending value)
    {
        writer.WriteMapStart(5);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.State);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Reason);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Result);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Requester);
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.IdempotencyKey);
    }

    public static global::Stun.Engine.Scheduling.Ending ReadEnding(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ending.State");
        var f1 = ProtocolWire.ReadFinalState(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ending.Reason");
        var f2 = ProtocolWire.ReadEndReason(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ending.Result");
        var f3 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Ending.Requester");
        var f4 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "Ending.IdempotencyKey");
        var f5 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "Ending");
        return new global::Stun.Engine.Scheduling.Ending(f1, f2, f3, f4, f5);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Engine.Scheduling.SchedulerEvent.OrderReceived it:
                writer.WriteUInt64(1);
                WriteSchedulerEventOrderReceived(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.OrderDropped it:
                writer.WriteUInt64(2);
                WriteSchedulerEventOrderDropped(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.OrderAdmitted it:
                writer.WriteUInt64(3);
                WriteSchedulerEventOrderAdmitted(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.TaskQueued it:
                writer.WriteUInt64(4);
                WriteSchedulerEventTaskQueued(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.TaskPlaced it:
                writer.WriteUInt64(5);
                WriteSchedulerEventTaskPlaced(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.LeaseAccepted it:
                writer.WriteUInt64(6);
                WriteSchedulerEventLeaseAccepted(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.LeaseExtended it:
                writer.WriteUInt64(7);
                WriteSchedulerEventLeaseExtended(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.ResultCommitted it:
                writer.WriteUInt64(8);
                WriteSchedulerEventResultCommitted(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.ResultRevealed it:
                writer.WriteUInt64(9);
                WriteSchedulerEventResultRevealed(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.AttemptClosed it:
                writer.WriteUInt64(10);
                WriteSchedulerEventAttemptClosed(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.CancelAsked it:
                writer.WriteUInt64(11);
                WriteSchedulerEventCancelAsked(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.JudgingOpened it:
                writer.WriteUInt64(12);
                WriteSchedulerEventJudgingOpened(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.VoteCounted it:
                writer.WriteUInt64(13);
                WriteSchedulerEventVoteCounted(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.VerdictFormed it:
                writer.WriteUInt64(14);
                WriteSchedulerEventVerdictFormed(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.EscrowFollowed it:
                writer.WriteUInt64(15);
                WriteSchedulerEventEscrowFollowed(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.TaskEnded it:
                writer.WriteUInt64(16);
                WriteSchedulerEventTaskEnded(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.EndDelivered it:
                writer.WriteUInt64(17);
                WriteSchedulerEventEndDelivered(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.TaskForgotten it:
                writer.WriteUInt64(18);
                WriteSchedulerEventTaskForgotten(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.OfferPosted it:
                writer.WriteUInt64(19);
                WriteSchedulerEventOfferPosted(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.OfferWithdrawn it:
                writer.WriteUInt64(20);
                WriteSchedulerEventOfferWithdrawn(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.ReplicaAdded it:
                writer.WriteUInt64(21);
                WriteSchedulerEventReplicaAdded(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.PlacementRefused it:
                writer.WriteUInt64(22);
                WriteSchedulerEventPlacementRefused(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.CountersRestored it:
                writer.WriteUInt64(23);
                WriteSchedulerEventCountersRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.FundsRestored it:
                writer.WriteUInt64(24);
                WriteSchedulerEventFundsRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.StakeRestored it:
                writer.WriteUInt64(25);
                WriteSchedulerEventStakeRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.PerformanceRestored it:
                writer.WriteUInt64(26);
                WriteSchedulerEventPerformanceRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.ReputationRestored it:
                writer.WriteUInt64(27);
                WriteSchedulerEventReputationRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.TaskRestored it:
                writer.WriteUInt64(28);
                WriteSchedulerEventTaskRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.AttemptRestored it:
                writer.WriteUInt64(29);
                WriteSchedulerEventAttemptRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.EndingRestored it:
                writer.WriteUInt64(30);
                WriteSchedulerEventEndingRestored(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.OfferSilent it:
                writer.WriteUInt64(31);
                WriteSchedulerEventOfferSilent(writer, it);
                break;
            case global::Stun.Engine.Scheduling.SchedulerEvent.OfferHeard it:
                writer.WriteUInt64(32);
                WriteSchedulerEventOfferHeard(writer, it);
                break;
            default:
                throw new WireException("SchedulerEvent: a case without a number.");
        }
    }

    public static global::Stun.Engine.Scheduling.SchedulerEvent ReadSchedulerEvent(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "SchedulerEvent") switch
        {
            1 => ReadSchedulerEventOrderReceived(ref reader),
            2 => ReadSchedulerEventOrderDropped(ref reader),
            3 => ReadSchedulerEventOrderAdmitted(ref reader),
            4 => ReadSchedulerEventTaskQueued(ref reader),
            5 => ReadSchedulerEventTaskPlaced(ref reader),
            6 => ReadSchedulerEventLeaseAccepted(ref reader),
            7 => ReadSchedulerEventLeaseExtended(ref reader),
            8 => ReadSchedulerEventResultCommitted(ref reader),
            9 => ReadSchedulerEventResultRevealed(ref reader),
            10 => ReadSchedulerEventAttemptClosed(ref reader),
            11 => ReadSchedulerEventCancelAsked(ref reader),
            12 => ReadSchedulerEventJudgingOpened(ref reader),
            13 => ReadSchedulerEventVoteCounted(ref reader),
            14 => ReadSchedulerEventVerdictFormed(ref reader),
            15 => ReadSchedulerEventEscrowFollowed(ref reader),
            16 => ReadSchedulerEventTaskEnded(ref reader),
            17 => ReadSchedulerEventEndDelivered(ref reader),
            18 => ReadSchedulerEventTaskForgotten(ref reader),
            19 => ReadSchedulerEventOfferPosted(ref reader),
            20 => ReadSchedulerEventOfferWithdrawn(ref reader),
            21 => ReadSchedulerEventReplicaAdded(ref reader),
            22 => ReadSchedulerEventPlacementRefused(ref reader),
            23 => ReadSchedulerEventCountersRestored(ref reader),
            24 => ReadSchedulerEventFundsRestored(ref reader),
            25 => ReadSchedulerEventStakeRestored(ref reader),
            26 => ReadSchedulerEventPerformanceRestored(ref reader),
            27 => ReadSchedulerEventReputationRestored(ref reader),
            28 => ReadSchedulerEventTaskRestored(ref reader),
            29 => ReadSchedulerEventAttemptRestored(ref reader),
            30 => ReadSchedulerEventEndingRestored(ref reader),
            31 => ReadSchedulerEventOfferSilent(ref reader),
            32 => ReadSchedulerEventOfferHeard(ref reader),
            var number => throw new WireException($"SchedulerEvent: case {number} is not known."),
        };

    private static void WriteSchedulerEventOrderReceived(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OrderReceived value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Order);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Gateway);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OrderReceived ReadSchedulerEventOrderReceived(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OrderReceived.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.OrderReceived.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.OrderReceived.Order");
        var f3 = ProtocolWire.ReadSignedOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "SchedulerEvent.OrderReceived.Gateway");
        var f4 = WireForm.ReadAddress(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OrderReceived");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OrderReceived(f1, f2, f3, f4);
    }

    private static void WriteSchedulerEventOrderDropped(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OrderDropped value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OrderDropped ReadSchedulerEventOrderDropped(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OrderDropped.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OrderDropped");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OrderDropped(f1);
    }

    private static void WriteSchedulerEventOrderAdmitted(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OrderAdmitted value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OrderAdmitted ReadSchedulerEventOrderAdmitted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OrderAdmitted.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OrderAdmitted");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OrderAdmitted(f1);
    }

    private static void WriteSchedulerEventTaskQueued(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.TaskQueued value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.TaskQueued ReadSchedulerEventTaskQueued(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.TaskQueued.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.TaskQueued.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.TaskQueued");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.TaskQueued(f1, f2);
    }

    private static void WriteSchedulerEventTaskPlaced(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.TaskPlaced value)
    {
        writer.WriteMapStart(3 + (value.Shortlist is null ? 0 : 1));
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Generation);
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Leases.Count, 16, "SchedulerEvent.TaskPlaced.Leases");
        foreach (var item2 in value.Leases.Span)
        {
            ProtocolWire.Write(writer, item2);
        }
        if (value.Shortlist is { } f4)
        {
            writer.WriteUInt64(4);
            Write(writer, f4);
        }
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.TaskPlaced ReadSchedulerEventTaskPlaced(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.TaskPlaced.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.TaskPlaced.Generation");
        var f2 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.TaskPlaced.Leases");
        var f3 = ReadLeaseList(ref reader, 16, "SchedulerEvent.TaskPlaced.Leases");
        global::Stun.Engine.Placement.Shortlist? f4 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 4)) f4 = ReadShortlist(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.TaskPlaced");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.TaskPlaced(f1, f2, f3, f4);
    }

    private static void WriteSchedulerEventLeaseAccepted(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.LeaseAccepted value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.LeaseAccepted ReadSchedulerEventLeaseAccepted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.LeaseAccepted.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "SchedulerEvent.LeaseAccepted");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.LeaseAccepted(f1);
    }

    private static void WriteSchedulerEventLeaseExtended(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.LeaseExtended value)
    {
        writer.WriteMapStart(2 + (value.Checkpoint is null ? 0 : 1));
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.ExpiresAt.Micros);
        if (value.Checkpoint is { } f3)
        {
            writer.WriteUInt64(3);
            ProtocolWire.Write(writer, f3);
        }
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.LeaseExtended ReadSchedulerEventLeaseExtended(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.LeaseExtended.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.LeaseExtended.ExpiresAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        global::Stun.Protocol.Checkpoint? f3 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 3)) f3 = ProtocolWire.ReadCheckpoint(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.LeaseExtended");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.LeaseExtended(f1, f2, f3);
    }

    private static void WriteSchedulerEventResultCommitted(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.ResultCommitted value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Commitment);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.ResultCommitted ReadSchedulerEventResultCommitted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.ResultCommitted.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.ResultCommitted.Commitment");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.ResultCommitted");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.ResultCommitted(f1, f2);
    }

    private static void WriteSchedulerEventResultRevealed(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.ResultRevealed value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Receipt);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.ResultRevealed ReadSchedulerEventResultRevealed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.ResultRevealed.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.ResultRevealed.Attempt");
        var f2 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.ResultRevealed.Receipt");
        var f3 = ProtocolWire.ReadSignedReceipt(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.ResultRevealed");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.ResultRevealed(f1, f2, f3);
    }

    private static void WriteSchedulerEventAttemptClosed(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.AttemptClosed value)
    {
        writer.WriteMapStart(4 + (value.Failure is null ? 0 : 1) + (value.Refusal is null ? 0 : 1));
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.End);
        if (value.Failure is { } f4)
        {
            writer.WriteUInt64(4);
            ProtocolWire.Write(writer, f4);
        }
        if (value.Refusal is { } f5)
        {
            writer.WriteUInt64(5);
            ProtocolWire.Write(writer, f5);
        }
        writer.WriteUInt64(6);
        WireForm.WriteText(writer, value.Detail, 256, "SchedulerEvent.AttemptClosed.Detail");
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.AttemptClosed ReadSchedulerEventAttemptClosed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.AttemptClosed.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.AttemptClosed.Attempt");
        var f2 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.AttemptClosed.End");
        var f3 = ProtocolWire.ReadAttemptEnd(ref reader);
        global::Stun.Protocol.RunFailure? f4 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 4)) f4 = ProtocolWire.ReadRunFailure(ref reader);
        global::Stun.Protocol.LeaseRefusal? f5 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 5)) f5 = ProtocolWire.ReadLeaseRefusal(ref reader);
        WireForm.ReadKey(ref reader, ref left, 6, "SchedulerEvent.AttemptClosed.Detail");
        var f6 = WireForm.ReadText(ref reader, 256, "SchedulerEvent.AttemptClosed.Detail");
        WireForm.RequireDone(in reader, left, "SchedulerEvent.AttemptClosed");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.AttemptClosed(f1, f2, f3, f4, f5, f6);
    }

    private static void WriteSchedulerEventCancelAsked(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.CancelAsked value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.CancelAsked ReadSchedulerEventCancelAsked(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.CancelAsked.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.CancelAsked");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.CancelAsked(f1);
    }

    private static void WriteSchedulerEventJudgingOpened(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.JudgingOpened value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Round);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Outcome);
        writer.WriteUInt64(4);
        ProtocolWire.Write(writer, value.Reason);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.JudgingOpened ReadSchedulerEventJudgingOpened(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.JudgingOpened.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.JudgingOpened.Round");
        var f2 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.JudgingOpened.Outcome");
        var f3 = ProtocolWire.ReadOutcome(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "SchedulerEvent.JudgingOpened.Reason");
        var f4 = ProtocolWire.ReadEndReason(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.JudgingOpened");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.JudgingOpened(f1, f2, f3, f4);
    }

    private static void WriteSchedulerEventVoteCounted(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.VoteCounted value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Vote);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.VoteCounted ReadSchedulerEventVoteCounted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.VoteCounted.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.VoteCounted.Vote");
        var f2 = ProtocolWire.ReadVote(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.VoteCounted");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.VoteCounted(f1, f2);
    }

    private static void WriteSchedulerEventVerdictFormed(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.VerdictFormed value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Verdict);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.VerdictFormed ReadSchedulerEventVerdictFormed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.VerdictFormed.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.VerdictFormed.Verdict");
        var f2 = ProtocolWire.ReadSignedVerdict(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.VerdictFormed");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.VerdictFormed(f1, f2);
    }

    private static void WriteSchedulerEventEscrowFollowed(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.EscrowFollowed value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Index);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Event);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.EscrowFollowed ReadSchedulerEventEscrowFollowed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.EscrowFollowed.Index");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.EscrowFollowed.At");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.EscrowFollowed.Event");
        var f3 = ProtocolWire.ReadEscrowEvent(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.EscrowFollowed");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.EscrowFollowed(f1, f2, f3);
    }

    private static void WriteSchedulerEventTaskEnded(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.TaskEnded value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.State);
        writer.WriteUInt64(4);
        ProtocolWire.Write(writer, value.Reason);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.TaskEnded ReadSchedulerEventTaskEnded(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.TaskEnded.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.TaskEnded.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.TaskEnded.State");
        var f3 = ProtocolWire.ReadFinalState(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "SchedulerEvent.TaskEnded.Reason");
        var f4 = ProtocolWire.ReadEndReason(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.TaskEnded");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.TaskEnded(f1, f2, f3, f4);
    }

    private static void WriteSchedulerEventEndDelivered(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.EndDelivered value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.EndDelivered ReadSchedulerEventEndDelivered(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.EndDelivered.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.EndDelivered");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.EndDelivered(f1);
    }

    private static void WriteSchedulerEventTaskForgotten(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.TaskForgotten value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.TaskForgotten ReadSchedulerEventTaskForgotten(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.TaskForgotten.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.TaskForgotten.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.TaskForgotten");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.TaskForgotten(f1, f2);
    }

    private static void WriteSchedulerEventOfferPosted(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OfferPosted value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Offer);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OfferPosted ReadSchedulerEventOfferPosted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OfferPosted.Offer");
        var f1 = ProtocolWire.ReadOffer(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OfferPosted");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OfferPosted(f1);
    }

    private static void WriteSchedulerEventOfferWithdrawn(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OfferWithdrawn value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Offer.Value);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OfferWithdrawn ReadSchedulerEventOfferWithdrawn(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OfferWithdrawn.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.OfferWithdrawn.Offer");
        var f2 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OfferWithdrawn");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OfferWithdrawn(f1, f2);
    }

    private static void WriteSchedulerEventReplicaAdded(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.ReplicaAdded value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.ReplicaAdded ReadSchedulerEventReplicaAdded(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.ReplicaAdded.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.ReplicaAdded.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.ReplicaAdded");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.ReplicaAdded(f1, f2);
    }

    private static void WriteSchedulerEventPlacementRefused(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.PlacementRefused value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Counts.Count, AtMostAttribute.Default, "SchedulerEvent.PlacementRefused.Counts");
        foreach (var item2 in value.Counts.Span)
        {
            Write(writer, item2);
        }
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.PlacementRefused ReadSchedulerEventPlacementRefused(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.PlacementRefused.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.PlacementRefused.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.PlacementRefused.Counts");
        var f3 = ReadRefusalCountList(ref reader, AtMostAttribute.Default, "SchedulerEvent.PlacementRefused.Counts");
        WireForm.RequireDone(in reader, left, "SchedulerEvent.PlacementRefused");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.PlacementRefused(f1, f2, f3);
    }

    private static void WriteSchedulerEventCountersRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.CountersRestored value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.EscrowNext);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Generation);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.AttemptNext);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.CountersRestored ReadSchedulerEventCountersRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.CountersRestored.EscrowNext");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.CountersRestored.Generation");
        var f2 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.CountersRestored.AttemptNext");
        var f3 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "SchedulerEvent.CountersRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.CountersRestored(f1, f2, f3);
    }

    private static void WriteSchedulerEventFundsRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.FundsRestored value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.FundsRestored ReadSchedulerEventFundsRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.FundsRestored.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.FundsRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.FundsRestored(f1);
    }

    private static void WriteSchedulerEventStakeRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.StakeRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Stake.Units);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.StakeRestored ReadSchedulerEventStakeRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.StakeRestored.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.StakeRestored.Stake");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "SchedulerEvent.StakeRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.StakeRestored(f1, f2);
    }

    private static void WriteSchedulerEventPerformanceRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.PerformanceRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        Write(writer, value.Record);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.PerformanceRestored ReadSchedulerEventPerformanceRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.PerformanceRestored.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.PerformanceRestored.Record");
        var f2 = ReadPerformanceRecord(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.PerformanceRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.PerformanceRestored(f1, f2);
    }

    private static void WriteSchedulerEventReputationRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.ReputationRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        Write(writer, value.Record);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.ReputationRestored ReadSchedulerEventReputationRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.ReputationRestored.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.ReputationRestored.Record");
        var f2 = ReadReputationRecord(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.ReputationRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.ReputationRestored(f1, f2);
    }

    private static void WriteSchedulerEventTaskRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.TaskRestored value)
    {
        writer.WriteMapStart(13);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        Write(writer, value.Phase);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.QueuedAt.Micros);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.ReplicaCount);
        writer.WriteUInt64(5);
        writer.WriteBool(value.IsCancelAsked);
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.Round);
        writer.WriteUInt64(7);
        ProtocolWire.Write(writer, value.Outcome);
        writer.WriteUInt64(8);
        ProtocolWire.Write(writer, value.Reason);
        writer.WriteUInt64(9);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(10);
        ProtocolWire.Write(writer, value.State);
        writer.WriteUInt64(11);
        writer.WriteInt64(value.EndedAt.Micros);
        writer.WriteUInt64(12);
        writer.WriteBool(value.IsEndDelivered);
        writer.WriteUInt64(13);
        WireForm.WriteListStart(writer, value.Refusals.Count, AtMostAttribute.Default, "SchedulerEvent.TaskRestored.Refusals");
        foreach (var item2 in value.Refusals.Span)
        {
            Write(writer, item2);
        }
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.TaskRestored ReadSchedulerEventTaskRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.TaskRestored.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.TaskRestored.Phase");
        var f2 = ReadTaskPhase(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.TaskRestored.QueuedAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 4, "SchedulerEvent.TaskRestored.ReplicaCount");
        var f4 = (int)WireForm.ReadSigned(ref reader, int.MinValue, int.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "SchedulerEvent.TaskRestored.IsCancelAsked");
        var f5 = reader.ReadBool();
        WireForm.ReadKey(ref reader, ref left, 6, "SchedulerEvent.TaskRestored.Round");
        var f6 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 7, "SchedulerEvent.TaskRestored.Outcome");
        var f7 = ProtocolWire.ReadOutcome(ref reader);
        WireForm.ReadKey(ref reader, ref left, 8, "SchedulerEvent.TaskRestored.Reason");
        var f8 = ProtocolWire.ReadEndReason(ref reader);
        WireForm.ReadKey(ref reader, ref left, 9, "SchedulerEvent.TaskRestored.PayableAt");
        var f9 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 10, "SchedulerEvent.TaskRestored.State");
        var f10 = ProtocolWire.ReadFinalState(ref reader);
        WireForm.ReadKey(ref reader, ref left, 11, "SchedulerEvent.TaskRestored.EndedAt");
        var f11 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 12, "SchedulerEvent.TaskRestored.IsEndDelivered");
        var f12 = reader.ReadBool();
        WireForm.ReadKey(ref reader, ref left, 13, "SchedulerEvent.TaskRestored.Refusals");
        var f13 = ReadRefusalCountList(ref reader, AtMostAttribute.Default, "SchedulerEvent.TaskRestored.Refusals");
        WireForm.RequireDone(in reader, left, "SchedulerEvent.TaskRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.TaskRestored(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
    }

    private static void WriteSchedulerEventAttemptRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.AttemptRestored value)
    {
        writer.WriteMapStart(3 + (value.Failure is null ? 0 : 1));
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Record);
        writer.WriteUInt64(2);
        writer.WriteBool(value.IsAccepted);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.ExpiresAt.Micros);
        if (value.Failure is { } f4)
        {
            writer.WriteUInt64(4);
            ProtocolWire.Write(writer, f4);
        }
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.AttemptRestored ReadSchedulerEventAttemptRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.AttemptRestored.Record");
        var f1 = ProtocolWire.ReadAttemptRecord(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.AttemptRestored.IsAccepted");
        var f2 = reader.ReadBool();
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.AttemptRestored.ExpiresAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        global::Stun.Protocol.RunFailure? f4 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 4)) f4 = ProtocolWire.ReadRunFailure(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.AttemptRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.AttemptRestored(f1, f2, f3, f4);
    }

    private static void WriteSchedulerEventEndingRestored(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.EndingRestored value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.Deadline.Micros);
        writer.WriteUInt64(3);
        Write(writer, value.Ending);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.EndingRestored ReadSchedulerEventEndingRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.EndingRestored.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.EndingRestored.Deadline");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.EndingRestored.Ending");
        var f3 = ReadEnding(ref reader);
        WireForm.RequireDone(in reader, left, "SchedulerEvent.EndingRestored");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.EndingRestored(f1, f2, f3);
    }

    private static void WriteSchedulerEventOfferSilent(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OfferSilent value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Offer.Value);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OfferSilent ReadSchedulerEventOfferSilent(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OfferSilent.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.OfferSilent.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.OfferSilent.Offer");
        var f3 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OfferSilent");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OfferSilent(f1, f2, f3);
    }

    private static void WriteSchedulerEventOfferHeard(CborWriter writer, global::Stun.Engine.Scheduling.SchedulerEvent.OfferHeard value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Offer.Value);
    }

    private static global::Stun.Engine.Scheduling.SchedulerEvent.OfferHeard ReadSchedulerEventOfferHeard(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SchedulerEvent.OfferHeard.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "SchedulerEvent.OfferHeard.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SchedulerEvent.OfferHeard.Offer");
        var f3 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "SchedulerEvent.OfferHeard");
        return new global::Stun.Engine.Scheduling.SchedulerEvent.OfferHeard(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Scheduling.TaskPhase value)
    {
        var number = unchecked((ulong)value);
        if (number > 7) throw WireForm.NotDefined("TaskPhase", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Engine.Scheduling.TaskPhase ReadTaskPhase(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 7);
        return (global::Stun.Engine.Scheduling.TaskPhase)number;
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Settlement.Account value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Kind);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Task);
    }

    public static global::Stun.Engine.Settlement.Account ReadAccount(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Account.Kind");
        var f1 = ReadAccountKind(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Account.Owner");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Account.Task");
        var f3 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "Account");
        return new global::Stun.Engine.Settlement.Account(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Settlement.AccountKind value)
    {
        var number = unchecked((ulong)value);
        if (number > 5) throw WireForm.NotDefined("AccountKind", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Engine.Settlement.AccountKind ReadAccountKind(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 5);
        return (global::Stun.Engine.Settlement.AccountKind)number;
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Settlement.BatchPhase value)
    {
        var number = unchecked((ulong)value);
        if (number > 3) throw WireForm.NotDefined("BatchPhase", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Engine.Settlement.BatchPhase ReadBatchPhase(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 3);
        return (global::Stun.Engine.Settlement.BatchPhase)number;
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Engine.Settlement.EscrowEntry.Executed it:
                writer.WriteUInt64(1);
                WriteEscrowEntryExecuted(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.LogRestored it:
                writer.WriteUInt64(2);
                WriteEscrowEntryLogRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.SumsRestored it:
                writer.WriteUInt64(3);
                WriteEscrowEntrySumsRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.BalanceRestored it:
                writer.WriteUInt64(4);
                WriteEscrowEntryBalanceRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.NonceRestored it:
                writer.WriteUInt64(5);
                WriteEscrowEntryNonceRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.UnbondingRestored it:
                writer.WriteUInt64(6);
                WriteEscrowEntryUnbondingRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.HoldRestored it:
                writer.WriteUInt64(7);
                WriteEscrowEntryHoldRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.VerdictRestored it:
                writer.WriteUInt64(8);
                WriteEscrowEntryVerdictRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.ChainRestored it:
                writer.WriteUInt64(9);
                WriteEscrowEntryChainRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.LeavingRestored it:
                writer.WriteUInt64(10);
                WriteEscrowEntryLeavingRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.EntryRestored it:
                writer.WriteUInt64(11);
                WriteEscrowEntryEntryRestored(writer, it);
                break;
            case global::Stun.Engine.Settlement.EscrowEntry.BatchRestored it:
                writer.WriteUInt64(12);
                WriteEscrowEntryBatchRestored(writer, it);
                break;
            default:
                throw new WireException("EscrowEntry: a case without a number.");
        }
    }

    public static global::Stun.Engine.Settlement.EscrowEntry ReadEscrowEntry(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "EscrowEntry") switch
        {
            1 => ReadEscrowEntryExecuted(ref reader),
            2 => ReadEscrowEntryLogRestored(ref reader),
            3 => ReadEscrowEntrySumsRestored(ref reader),
            4 => ReadEscrowEntryBalanceRestored(ref reader),
            5 => ReadEscrowEntryNonceRestored(ref reader),
            6 => ReadEscrowEntryUnbondingRestored(ref reader),
            7 => ReadEscrowEntryHoldRestored(ref reader),
            8 => ReadEscrowEntryVerdictRestored(ref reader),
            9 => ReadEscrowEntryChainRestored(ref reader),
            10 => ReadEscrowEntryLeavingRestored(ref reader),
            11 => ReadEscrowEntryEntryRestored(ref reader),
            12 => ReadEscrowEntryBatchRestored(ref reader),
            var number => throw new WireException($"EscrowEntry: case {number} is not known."),
        };

    private static void WriteEscrowEntryExecuted(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.Executed value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Caller);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Call);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.Executed ReadEscrowEntryExecuted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.Executed.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.Executed.Caller");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEntry.Executed.Call");
        var f3 = ProtocolWire.ReadEscrowCall(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEntry.Executed");
        return new global::Stun.Engine.Settlement.EscrowEntry.Executed(f1, f2, f3);
    }

    private static void WriteEscrowEntryLogRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.LogRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Event);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.LogRestored ReadEscrowEntryLogRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.LogRestored.At");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.LogRestored.Event");
        var f2 = ProtocolWire.ReadEscrowEvent(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEntry.LogRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.LogRestored(f1, f2);
    }

    private static void WriteEscrowEntrySumsRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.SumsRestored value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteInt64(value.Clock.Micros);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Deposited.Units);
        writer.WriteUInt64(3);
        writer.WriteUInt128(value.Withdrawn.Units);
        writer.WriteUInt64(4);
        writer.WriteUInt64(value.Logged);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.SumsRestored ReadEscrowEntrySumsRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.SumsRestored.Clock");
        var f1 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.SumsRestored.Deposited");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEntry.SumsRestored.Withdrawn");
        var f3 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 4, "EscrowEntry.SumsRestored.Logged");
        var f4 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowEntry.SumsRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.SumsRestored(f1, f2, f3, f4);
    }

    private static void WriteEscrowEntryBalanceRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.BalanceRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Account);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Balance.Units);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.BalanceRestored ReadEscrowEntryBalanceRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.BalanceRestored.Account");
        var f1 = ReadAccount(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.BalanceRestored.Balance");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEntry.BalanceRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.BalanceRestored(f1, f2);
    }

    private static void WriteEscrowEntryNonceRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.NonceRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Caller);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Nonce);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.NonceRestored ReadEscrowEntryNonceRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.NonceRestored.Caller");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.NonceRestored.Nonce");
        var f2 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowEntry.NonceRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.NonceRestored(f1, f2);
    }

    private static void WriteEscrowEntryUnbondingRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.UnbondingRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.At.Micros);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.UnbondingRestored ReadEscrowEntryUnbondingRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.UnbondingRestored.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.UnbondingRestored.At");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "EscrowEntry.UnbondingRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.UnbondingRestored(f1, f2);
    }

    private static void WriteEscrowEntryHoldRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.HoldRestored value)
    {
        writer.WriteMapStart(6);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Order);
        writer.WriteUInt64(3);
        Write(writer, value.State);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(5);
        WireForm.Write(writer, value.DisputedBy);
        writer.WriteUInt64(6);
        writer.WriteInt64(value.DisputeEndsAt.Micros);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.HoldRestored ReadEscrowEntryHoldRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.HoldRestored.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.HoldRestored.Order");
        var f2 = ProtocolWire.ReadTaskOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEntry.HoldRestored.State");
        var f3 = ReadHoldState(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "EscrowEntry.HoldRestored.PayableAt");
        var f4 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 5, "EscrowEntry.HoldRestored.DisputedBy");
        var f5 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 6, "EscrowEntry.HoldRestored.DisputeEndsAt");
        var f6 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "EscrowEntry.HoldRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.HoldRestored(f1, f2, f3, f4, f5, f6);
    }

    private static void WriteEscrowEntryVerdictRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.VerdictRestored value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Verdict);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.VerdictRestored ReadEscrowEntryVerdictRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.VerdictRestored.Verdict");
        var f1 = ProtocolWire.ReadVerdict(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEntry.VerdictRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.VerdictRestored(f1);
    }

    private static void WriteEscrowEntryChainRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.ChainRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Position);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.NextNumber);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.ChainRestored ReadEscrowEntryChainRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.ChainRestored.Position");
        var f1 = ProtocolWire.ReadChainPosition(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.ChainRestored.NextNumber");
        var f2 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowEntry.ChainRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.ChainRestored(f1, f2);
    }

    private static void WriteEscrowEntryLeavingRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.LeavingRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.LeavingRestored ReadEscrowEntryLeavingRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.LeavingRestored.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.LeavingRestored.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEntry.LeavingRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.LeavingRestored(f1, f2);
    }

    private static void WriteEscrowEntryEntryRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.EntryRestored value)
    {
        writer.WriteMapStart(7);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Place);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Event);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Order);
        writer.WriteUInt64(4);
        writer.WriteUInt64(value.CountMax);
        writer.WriteUInt64(5);
        writer.WriteInt64(value.NotBefore.Micros);
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.Tries);
        writer.WriteUInt64(7);
        writer.WriteBool(value.IsSpent);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.EntryRestored ReadEscrowEntryEntryRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.EntryRestored.Place");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.EntryRestored.Event");
        var f2 = ProtocolWire.ReadEscrowEvent(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEntry.EntryRestored.Order");
        var f3 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "EscrowEntry.EntryRestored.CountMax");
        var f4 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "EscrowEntry.EntryRestored.NotBefore");
        var f5 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 6, "EscrowEntry.EntryRestored.Tries");
        var f6 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 7, "EscrowEntry.EntryRestored.IsSpent");
        var f7 = reader.ReadBool();
        WireForm.RequireDone(in reader, left, "EscrowEntry.EntryRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.EntryRestored(f1, f2, f3, f4, f5, f6, f7);
    }

    private static void WriteEscrowEntryBatchRestored(CborWriter writer, global::Stun.Engine.Settlement.EscrowEntry.BatchRestored value)
    {
        writer.WriteMapStart(7);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Entries.Count, 8192, "EscrowEntry.BatchRestored.Entries");
        foreach (var item2 in value.Entries.Span)
        {
            writer.WriteUInt64(item2);
        }
        writer.WriteUInt64(3);
        writer.WriteInt64(value.CutAt.Micros);
        writer.WriteUInt64(4);
        Write(writer, value.Phase);
        writer.WriteUInt64(5);
        WireForm.WriteListStart(writer, value.Signatures.Count, 128, "EscrowEntry.BatchRestored.Signatures");
        foreach (var item2 in value.Signatures.Span)
        {
            ProtocolWire.Write(writer, item2);
        }
        writer.WriteUInt64(6);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(7);
        writer.WriteInt64(value.DueAt.Micros);
    }

    private static global::Stun.Engine.Settlement.EscrowEntry.BatchRestored ReadEscrowEntryBatchRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEntry.BatchRestored.Number");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEntry.BatchRestored.Entries");
        var f2 = ReadUInt64List(ref reader, 8192, "EscrowEntry.BatchRestored.Entries");
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEntry.BatchRestored.CutAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 4, "EscrowEntry.BatchRestored.Phase");
        var f4 = ReadBatchPhase(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "EscrowEntry.BatchRestored.Signatures");
        var f5 = ReadVoteSignatureList(ref reader, 128, "EscrowEntry.BatchRestored.Signatures");
        WireForm.ReadKey(ref reader, ref left, 6, "EscrowEntry.BatchRestored.PayableAt");
        var f6 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 7, "EscrowEntry.BatchRestored.DueAt");
        var f7 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "EscrowEntry.BatchRestored");
        return new global::Stun.Engine.Settlement.EscrowEntry.BatchRestored(f1, f2, f3, f4, f5, f6, f7);
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Settlement.HoldState value)
    {
        var number = unchecked((ulong)value);
        if (number > 3) throw WireForm.NotDefined("HoldState", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Engine.Settlement.HoldState ReadHoldState(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 3);
        return (global::Stun.Engine.Settlement.HoldState)number;
    }

    public static void Write(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Engine.Verification.ValidatorEvent.Voted it:
                writer.WriteUInt64(1);
                WriteValidatorEventVoted(writer, it);
                break;
            case global::Stun.Engine.Verification.ValidatorEvent.EscrowFollowed it:
                writer.WriteUInt64(2);
                WriteValidatorEventEscrowFollowed(writer, it);
                break;
            case global::Stun.Engine.Verification.ValidatorEvent.LogRestored it:
                writer.WriteUInt64(3);
                WriteValidatorEventLogRestored(writer, it);
                break;
            case global::Stun.Engine.Verification.ValidatorEvent.TaskRestored it:
                writer.WriteUInt64(4);
                WriteValidatorEventTaskRestored(writer, it);
                break;
            case global::Stun.Engine.Verification.ValidatorEvent.ReputationRestored it:
                writer.WriteUInt64(5);
                WriteValidatorEventReputationRestored(writer, it);
                break;
            case global::Stun.Engine.Verification.ValidatorEvent.EntryRestored it:
                writer.WriteUInt64(6);
                WriteValidatorEventEntryRestored(writer, it);
                break;
            case global::Stun.Engine.Verification.ValidatorEvent.CutRestored it:
                writer.WriteUInt64(7);
                WriteValidatorEventCutRestored(writer, it);
                break;
            default:
                throw new WireException("ValidatorEvent: a case without a number.");
        }
    }

    public static global::Stun.Engine.Verification.ValidatorEvent ReadValidatorEvent(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "ValidatorEvent") switch
        {
            1 => ReadValidatorEventVoted(ref reader),
            2 => ReadValidatorEventEscrowFollowed(ref reader),
            3 => ReadValidatorEventLogRestored(ref reader),
            4 => ReadValidatorEventTaskRestored(ref reader),
            5 => ReadValidatorEventReputationRestored(ref reader),
            6 => ReadValidatorEventEntryRestored(ref reader),
            7 => ReadValidatorEventCutRestored(ref reader),
            var number => throw new WireException($"ValidatorEvent: case {number} is not known."),
        };

    private static void WriteValidatorEventVoted(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.Voted value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Evidence);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Scheduler);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Vote);
        writer.WriteUInt64(4);
        writer.WriteBool(value.KnowsTruth);
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.Voted ReadValidatorEventVoted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.Voted.Evidence");
        var f1 = ProtocolWire.ReadEvidence(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ValidatorEvent.Voted.Scheduler");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ValidatorEvent.Voted.Vote");
        var f3 = ProtocolWire.ReadVote(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "ValidatorEvent.Voted.KnowsTruth");
        var f4 = reader.ReadBool();
        WireForm.RequireDone(in reader, left, "ValidatorEvent.Voted");
        return new global::Stun.Engine.Verification.ValidatorEvent.Voted(f1, f2, f3, f4);
    }

    private static void WriteValidatorEventEscrowFollowed(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.EscrowFollowed value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Index);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(3);
        ProtocolWire.Write(writer, value.Event);
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.EscrowFollowed ReadValidatorEventEscrowFollowed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.EscrowFollowed.Index");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "ValidatorEvent.EscrowFollowed.At");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "ValidatorEvent.EscrowFollowed.Event");
        var f3 = ProtocolWire.ReadEscrowEvent(ref reader);
        WireForm.RequireDone(in reader, left, "ValidatorEvent.EscrowFollowed");
        return new global::Stun.Engine.Verification.ValidatorEvent.EscrowFollowed(f1, f2, f3);
    }

    private static void WriteValidatorEventLogRestored(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.LogRestored value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Next);
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.LogRestored ReadValidatorEventLogRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.LogRestored.Next");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "ValidatorEvent.LogRestored");
        return new global::Stun.Engine.Verification.ValidatorEvent.LogRestored(f1);
    }

    private static void WriteValidatorEventTaskRestored(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.TaskRestored value)
    {
        writer.WriteMapStart(3 + (value.Posted is null ? 0 : 1) + (value.DisputedRound is null ? 0 : 1));
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteBool(value.IsFunded);
        if (value.Posted is { } f3)
        {
            writer.WriteUInt64(3);
            ProtocolWire.Write(writer, f3);
        }
        if (value.DisputedRound is { } f4)
        {
            writer.WriteUInt64(4);
            writer.WriteUInt64(f4);
        }
        writer.WriteUInt64(5);
        WireForm.WriteListStart(writer, value.EarlierVotes.Count, 64, "ValidatorEvent.TaskRestored.EarlierVotes");
        foreach (var item2 in value.EarlierVotes.Span)
        {
            WireForm.Write(writer, item2);
        }
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.TaskRestored ReadValidatorEventTaskRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.TaskRestored.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ValidatorEvent.TaskRestored.IsFunded");
        var f2 = reader.ReadBool();
        global::Stun.Protocol.Verdict? f3 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 3)) f3 = ProtocolWire.ReadVerdict(ref reader);
        ushort? f4 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 4)) f4 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "ValidatorEvent.TaskRestored.EarlierVotes");
        var f5 = ReadDigestList(ref reader, 64, "ValidatorEvent.TaskRestored.EarlierVotes");
        WireForm.RequireDone(in reader, left, "ValidatorEvent.TaskRestored");
        return new global::Stun.Engine.Verification.ValidatorEvent.TaskRestored(f1, f2, f3, f4, f5);
    }

    private static void WriteValidatorEventReputationRestored(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.ReputationRestored value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        Write(writer, value.Record);
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.ReputationRestored ReadValidatorEventReputationRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.ReputationRestored.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ValidatorEvent.ReputationRestored.Record");
        var f2 = ReadReputationRecord(ref reader);
        WireForm.RequireDone(in reader, left, "ValidatorEvent.ReputationRestored");
        return new global::Stun.Engine.Verification.ValidatorEvent.ReputationRestored(f1, f2);
    }

    private static void WriteValidatorEventEntryRestored(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.EntryRestored value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Place);
        writer.WriteUInt64(2);
        ProtocolWire.Write(writer, value.Event);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Order);
        writer.WriteUInt64(4);
        writer.WriteBool(value.IsVouched);
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.EntryRestored ReadValidatorEventEntryRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.EntryRestored.Place");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "ValidatorEvent.EntryRestored.Event");
        var f2 = ProtocolWire.ReadEscrowEvent(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ValidatorEvent.EntryRestored.Order");
        var f3 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "ValidatorEvent.EntryRestored.IsVouched");
        var f4 = reader.ReadBool();
        WireForm.RequireDone(in reader, left, "ValidatorEvent.EntryRestored");
        return new global::Stun.Engine.Verification.ValidatorEvent.EntryRestored(f1, f2, f3, f4);
    }

    private static void WriteValidatorEventCutRestored(CborWriter writer, global::Stun.Engine.Verification.ValidatorEvent.CutRestored value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        ProtocolWire.Write(writer, value.Batch);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Entries.Count, 8192, "ValidatorEvent.CutRestored.Entries");
        foreach (var item2 in value.Entries.Span)
        {
            writer.WriteUInt64(item2);
        }
        writer.WriteUInt64(3);
        writer.WriteBool(value.IsDone);
    }

    private static global::Stun.Engine.Verification.ValidatorEvent.CutRestored ReadValidatorEventCutRestored(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ValidatorEvent.CutRestored.Batch");
        var f1 = ProtocolWire.ReadChainBatch(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ValidatorEvent.CutRestored.Entries");
        var f2 = ReadUInt64List(ref reader, 8192, "ValidatorEvent.CutRestored.Entries");
        WireForm.ReadKey(ref reader, ref left, 3, "ValidatorEvent.CutRestored.IsDone");
        var f3 = reader.ReadBool();
        WireForm.RequireDone(in reader, left, "ValidatorEvent.CutRestored");
        return new global::Stun.Engine.Verification.ValidatorEvent.CutRestored(f1, f2, f3);
    }

    private static ValueList<global::Stun.Protocol.Digest> ReadDigestList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Digest[count];
        for (var index = 0; index < count; index++) items[index] = WireForm.ReadDigest(ref reader);
        return ValueList.Create<global::Stun.Protocol.Digest>(items);
    }

    private static ValueList<global::Stun.Protocol.Lease> ReadLeaseList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Lease[count];
        for (var index = 0; index < count; index++) items[index] = ProtocolWire.ReadLease(ref reader);
        return ValueList.Create<global::Stun.Protocol.Lease>(items);
    }

    private static ValueList<global::Stun.Engine.Placement.RefusalCount> ReadRefusalCountList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Engine.Placement.RefusalCount[count];
        for (var index = 0; index < count; index++) items[index] = ReadRefusalCount(ref reader);
        return ValueList.Create<global::Stun.Engine.Placement.RefusalCount>(items);
    }

    private static ValueList<global::Stun.Engine.Placement.ScoredOffer> ReadScoredOfferList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Engine.Placement.ScoredOffer[count];
        for (var index = 0; index < count; index++) items[index] = ReadScoredOffer(ref reader);
        return ValueList.Create<global::Stun.Engine.Placement.ScoredOffer>(items);
    }

    private static ValueList<ulong> ReadUInt64List(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new ulong[count];
        for (var index = 0; index < count; index++) items[index] = reader.ReadUInt64();
        return ValueList.Create<ulong>(items);
    }

    private static ValueList<global::Stun.Protocol.VoteSignature> ReadVoteSignatureList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.VoteSignature[count];
        for (var index = 0; index < count; index++) items[index] = ProtocolWire.ReadVoteSignature(ref reader);
        return ValueList.Create<global::Stun.Protocol.VoteSignature>(items);
    }
}

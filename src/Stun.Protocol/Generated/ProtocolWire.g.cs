// Made by eng/generate from the [Wire] types; do not edit. A change here is a change of the wire.
#nullable enable

using Stun.Cbor;

namespace Stun.Protocol;

/// <summary>The canonical wire form of the records of Stun.Protocol that are marked [Wire].</summary>
public static class ProtocolWire
{
    public static byte[] Encode(global::Stun.Protocol.Answer value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Answer value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Answer");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Answer", cause);
        }
    }

    public static global::Stun.Protocol.Answer DecodeAnswer(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Answer");
            return ReadAnswer(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Answer", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Ask value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Ask value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Ask");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Ask", cause);
        }
    }

    public static global::Stun.Protocol.Ask DecodeAsk(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Ask");
            return ReadAsk(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Ask", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.CapabilityRecord value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.CapabilityRecord value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "CapabilityRecord");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("CapabilityRecord", cause);
        }
    }

    public static global::Stun.Protocol.CapabilityRecord DecodeCapabilityRecord(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "CapabilityRecord");
            return ReadCapabilityRecord(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("CapabilityRecord", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Evidence value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Evidence value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Evidence");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Evidence", cause);
        }
    }

    public static global::Stun.Protocol.Evidence DecodeEvidence(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Evidence");
            return ReadEvidence(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Evidence", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Lease value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Lease value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Lease");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Lease", cause);
        }
    }

    public static global::Stun.Protocol.Lease DecodeLease(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Lease");
            return ReadLease(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Lease", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Message value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Message value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Message");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Message", cause);
        }
    }

    public static global::Stun.Protocol.Message DecodeMessage(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Message");
            return ReadMessage(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Message", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.ModelManifest value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.ModelManifest value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "ModelManifest");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ModelManifest", cause);
        }
    }

    public static global::Stun.Protocol.ModelManifest DecodeModelManifest(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "ModelManifest");
            return ReadModelManifest(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ModelManifest", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Offer value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Offer value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Offer");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Offer", cause);
        }
    }

    public static global::Stun.Protocol.Offer DecodeOffer(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Offer");
            return ReadOffer(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Offer", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Receipt value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Receipt value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Receipt");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Receipt", cause);
        }
    }

    public static global::Stun.Protocol.Receipt DecodeReceipt(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Receipt");
            return ReadReceipt(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Receipt", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.ResultManifest value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.ResultManifest value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "ResultManifest");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ResultManifest", cause);
        }
    }

    public static global::Stun.Protocol.ResultManifest DecodeResultManifest(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "ResultManifest");
            return ReadResultManifest(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("ResultManifest", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Settlement value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Settlement value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Settlement");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Settlement", cause);
        }
    }

    public static global::Stun.Protocol.Settlement DecodeSettlement(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Settlement");
            return ReadSettlement(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Settlement", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.SignedBatch value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.SignedBatch value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "SignedBatch");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedBatch", cause);
        }
    }

    public static global::Stun.Protocol.SignedBatch DecodeSignedBatch(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "SignedBatch");
            return ReadSignedBatch(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedBatch", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.SignedCapabilityRecord value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.SignedCapabilityRecord value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "SignedCapabilityRecord");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedCapabilityRecord", cause);
        }
    }

    public static global::Stun.Protocol.SignedCapabilityRecord DecodeSignedCapabilityRecord(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "SignedCapabilityRecord");
            return ReadSignedCapabilityRecord(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedCapabilityRecord", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.SignedOrder value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.SignedOrder value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "SignedOrder");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedOrder", cause);
        }
    }

    public static global::Stun.Protocol.SignedOrder DecodeSignedOrder(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "SignedOrder");
            return ReadSignedOrder(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedOrder", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.SignedReceipt value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.SignedReceipt value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "SignedReceipt");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedReceipt", cause);
        }
    }

    public static global::Stun.Protocol.SignedReceipt DecodeSignedReceipt(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "SignedReceipt");
            return ReadSignedReceipt(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedReceipt", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.SignedVerdict value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.SignedVerdict value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "SignedVerdict");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedVerdict", cause);
        }
    }

    public static global::Stun.Protocol.SignedVerdict DecodeSignedVerdict(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "SignedVerdict");
            return ReadSignedVerdict(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("SignedVerdict", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.TaskOrder value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.TaskOrder value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "TaskOrder");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("TaskOrder", cause);
        }
    }

    public static global::Stun.Protocol.TaskOrder DecodeTaskOrder(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "TaskOrder");
            return ReadTaskOrder(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("TaskOrder", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.TaskSpec value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.TaskSpec value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "TaskSpec");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("TaskSpec", cause);
        }
    }

    public static global::Stun.Protocol.TaskSpec DecodeTaskSpec(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "TaskSpec");
            return ReadTaskSpec(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("TaskSpec", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Verdict value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Verdict value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Verdict");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Verdict", cause);
        }
    }

    public static global::Stun.Protocol.Verdict DecodeVerdict(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Verdict");
            return ReadVerdict(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Verdict", cause);
        }
    }

    public static byte[] Encode(global::Stun.Protocol.Vote value)
    {
        var writer = new CborWriter();
        Encode(writer, value);
        return writer.ToArray();
    }

    public static void Encode(CborWriter writer, global::Stun.Protocol.Vote value)
    {
        try
        {
            var start = WireEnvelope.Begin(writer);
            Write(writer, value);
            WireEnvelope.End(writer, start, "Vote");
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Vote", cause);
        }
    }

    public static global::Stun.Protocol.Vote DecodeVote(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = WireEnvelope.Open(data, "Vote");
            return ReadVote(ref reader);
        }
        catch (CborException cause)
        {
            throw WireEnvelope.Malformed("Vote", cause);
        }
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Answer value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.Answer.Checked it:
                writer.WriteUInt64(1);
                WriteAnswerChecked(writer, it);
                break;
            case global::Stun.Protocol.Answer.Signed it:
                writer.WriteUInt64(2);
                WriteAnswerSigned(writer, it);
                break;
            case global::Stun.Protocol.Answer.RunDone it:
                writer.WriteUInt64(3);
                WriteAnswerRunDone(writer, it);
                break;
            case global::Stun.Protocol.Answer.RunProgressed it:
                writer.WriteUInt64(4);
                WriteAnswerRunProgressed(writer, it);
                break;
            case global::Stun.Protocol.Answer.RerunDone it:
                writer.WriteUInt64(5);
                WriteAnswerRerunDone(writer, it);
                break;
            case global::Stun.Protocol.Answer.CallFinal it:
                writer.WriteUInt64(6);
                WriteAnswerCallFinal(writer, it);
                break;
            case global::Stun.Protocol.Answer.PolicyChecked it:
                writer.WriteUInt64(7);
                WriteAnswerPolicyChecked(writer, it);
                break;
            default:
                throw new WireException("Answer: a case without a number.");
        }
    }

    public static global::Stun.Protocol.Answer ReadAnswer(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "Answer") switch
        {
            1 => ReadAnswerChecked(ref reader),
            2 => ReadAnswerSigned(ref reader),
            3 => ReadAnswerRunDone(ref reader),
            4 => ReadAnswerRunProgressed(ref reader),
            5 => ReadAnswerRerunDone(ref reader),
            6 => ReadAnswerCallFinal(ref reader),
            7 => ReadAnswerPolicyChecked(ref reader),
            var number => throw new WireException($"Answer: case {number} is not known."),
        };

    private static void WriteAnswerChecked(CborWriter writer, global::Stun.Protocol.Answer.Checked value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.WriteListStart(writer, value.Ok.Count, 64, "Answer.Checked.Ok");
        foreach (var item2 in value.Ok.Span)
        {
            writer.WriteBool(item2);
        }
    }

    private static global::Stun.Protocol.Answer.Checked ReadAnswerChecked(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.Checked.Ok");
        var f1 = ReadBooleanList(ref reader, 64, "Answer.Checked.Ok");
        WireForm.RequireDone(in reader, left, "Answer.Checked");
        return new global::Stun.Protocol.Answer.Checked(f1);
    }

    private static void WriteAnswerSigned(CborWriter writer, global::Stun.Protocol.Answer.Signed value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Signature);
    }

    private static global::Stun.Protocol.Answer.Signed ReadAnswerSigned(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.Signed.Signature");
        var f1 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "Answer.Signed");
        return new global::Stun.Protocol.Answer.Signed(f1);
    }

    private static void WriteAnswerRunDone(CborWriter writer, global::Stun.Protocol.Answer.RunDone value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        Write(writer, value.Outcome);
    }

    private static global::Stun.Protocol.Answer.RunDone ReadAnswerRunDone(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.RunDone.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Answer.RunDone.Outcome");
        var f2 = ReadRunOutcome(ref reader);
        WireForm.RequireDone(in reader, left, "Answer.RunDone");
        return new global::Stun.Protocol.Answer.RunDone(f1, f2);
    }

    private static void WriteAnswerRunProgressed(CborWriter writer, global::Stun.Protocol.Answer.RunProgressed value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        Write(writer, value.Checkpoint);
    }

    private static global::Stun.Protocol.Answer.RunProgressed ReadAnswerRunProgressed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.RunProgressed.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Answer.RunProgressed.Checkpoint");
        var f2 = ReadCheckpoint(ref reader);
        WireForm.RequireDone(in reader, left, "Answer.RunProgressed");
        return new global::Stun.Protocol.Answer.RunProgressed(f1, f2);
    }

    private static void WriteAnswerRerunDone(CborWriter writer, global::Stun.Protocol.Answer.RerunDone value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Rank);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Result);
    }

    private static global::Stun.Protocol.Answer.RerunDone ReadAnswerRerunDone(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.RerunDone.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Answer.RerunDone.Rank");
        var f2 = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "Answer.RerunDone.Result");
        var f3 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Answer.RerunDone");
        return new global::Stun.Protocol.Answer.RerunDone(f1, f2, f3);
    }

    private static void WriteAnswerCallFinal(CborWriter writer, global::Stun.Protocol.Answer.CallFinal value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Refusal);
    }

    private static global::Stun.Protocol.Answer.CallFinal ReadAnswerCallFinal(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.CallFinal.Refusal");
        var f1 = ReadEscrowRefusal(ref reader);
        WireForm.RequireDone(in reader, left, "Answer.CallFinal");
        return new global::Stun.Protocol.Answer.CallFinal(f1);
    }

    private static void WriteAnswerPolicyChecked(CborWriter writer, global::Stun.Protocol.Answer.PolicyChecked value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteBool(value.Allowed);
        writer.WriteUInt64(2);
        WireForm.WriteText(writer, value.Detail, 256, "Answer.PolicyChecked.Detail");
    }

    private static global::Stun.Protocol.Answer.PolicyChecked ReadAnswerPolicyChecked(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Answer.PolicyChecked.Allowed");
        var f1 = reader.ReadBool();
        WireForm.ReadKey(ref reader, ref left, 2, "Answer.PolicyChecked.Detail");
        var f2 = WireForm.ReadText(ref reader, 256, "Answer.PolicyChecked.Detail");
        WireForm.RequireDone(in reader, left, "Answer.PolicyChecked");
        return new global::Stun.Protocol.Answer.PolicyChecked(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Ask value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.Ask.CheckOrder it:
                writer.WriteUInt64(1);
                WriteAskCheckOrder(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckCancel it:
                writer.WriteUInt64(2);
                WriteAskCheckCancel(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckReceipts it:
                writer.WriteUInt64(3);
                WriteAskCheckReceipts(writer, it);
                break;
            case global::Stun.Protocol.Ask.Sign it:
                writer.WriteUInt64(4);
                WriteAskSign(writer, it);
                break;
            case global::Stun.Protocol.Ask.Run it:
                writer.WriteUInt64(5);
                WriteAskRun(writer, it);
                break;
            case global::Stun.Protocol.Ask.StopRun it:
                writer.WriteUInt64(6);
                WriteAskStopRun(writer, it);
                break;
            case global::Stun.Protocol.Ask.Rerun it:
                writer.WriteUInt64(7);
                WriteAskRerun(writer, it);
                break;
            case global::Stun.Protocol.Ask.Compare it:
                writer.WriteUInt64(8);
                WriteAskCompare(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckProof it:
                writer.WriteUInt64(9);
                WriteAskCheckProof(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckQuote it:
                writer.WriteUInt64(10);
                WriteAskCheckQuote(writer, it);
                break;
            case global::Stun.Protocol.Ask.CallEscrow it:
                writer.WriteUInt64(11);
                WriteAskCallEscrow(writer, it);
                break;
            case global::Stun.Protocol.Ask.FollowEscrow it:
                writer.WriteUInt64(12);
                WriteAskFollowEscrow(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckPolicy it:
                writer.WriteUInt64(13);
                WriteAskCheckPolicy(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckSignature it:
                writer.WriteUInt64(14);
                WriteAskCheckSignature(writer, it);
                break;
            case global::Stun.Protocol.Ask.FollowChain it:
                writer.WriteUInt64(15);
                WriteAskFollowChain(writer, it);
                break;
            case global::Stun.Protocol.Ask.SubmitBatch it:
                writer.WriteUInt64(16);
                WriteAskSubmitBatch(writer, it);
                break;
            case global::Stun.Protocol.Ask.CheckOffer it:
                writer.WriteUInt64(17);
                WriteAskCheckOffer(writer, it);
                break;
            default:
                throw new WireException("Ask: a case without a number.");
        }
    }

    public static global::Stun.Protocol.Ask ReadAsk(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "Ask") switch
        {
            1 => ReadAskCheckOrder(ref reader),
            2 => ReadAskCheckCancel(ref reader),
            3 => ReadAskCheckReceipts(ref reader),
            4 => ReadAskSign(ref reader),
            5 => ReadAskRun(ref reader),
            6 => ReadAskStopRun(ref reader),
            7 => ReadAskRerun(ref reader),
            8 => ReadAskCompare(ref reader),
            9 => ReadAskCheckProof(ref reader),
            10 => ReadAskCheckQuote(ref reader),
            11 => ReadAskCallEscrow(ref reader),
            12 => ReadAskFollowEscrow(ref reader),
            13 => ReadAskCheckPolicy(ref reader),
            14 => ReadAskCheckSignature(ref reader),
            15 => ReadAskFollowChain(ref reader),
            16 => ReadAskSubmitBatch(ref reader),
            17 => ReadAskCheckOffer(ref reader),
            var number => throw new WireException($"Ask: case {number} is not known."),
        };

    private static void WriteAskCheckOrder(CborWriter writer, global::Stun.Protocol.Ask.CheckOrder value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Order);
    }

    private static global::Stun.Protocol.Ask.CheckOrder ReadAskCheckOrder(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckOrder.Order");
        var f1 = ReadSignedOrder(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckOrder");
        return new global::Stun.Protocol.Ask.CheckOrder(f1);
    }

    private static void WriteAskCheckCancel(CborWriter writer, global::Stun.Protocol.Ask.CheckCancel value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Requester);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Signature);
    }

    private static global::Stun.Protocol.Ask.CheckCancel ReadAskCheckCancel(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckCancel.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.CheckCancel.Requester");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ask.CheckCancel.Signature");
        var f3 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckCancel");
        return new global::Stun.Protocol.Ask.CheckCancel(f1, f2, f3);
    }

    private static void WriteAskCheckReceipts(CborWriter writer, global::Stun.Protocol.Ask.CheckReceipts value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.WriteListStart(writer, value.Receipts.Count, 64, "Ask.CheckReceipts.Receipts");
        foreach (var item2 in value.Receipts.Span)
        {
            Write(writer, item2);
        }
    }

    private static global::Stun.Protocol.Ask.CheckReceipts ReadAskCheckReceipts(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckReceipts.Receipts");
        var f1 = ReadSignedReceiptList(ref reader, 64, "Ask.CheckReceipts.Receipts");
        WireForm.RequireDone(in reader, left, "Ask.CheckReceipts");
        return new global::Stun.Protocol.Ask.CheckReceipts(f1);
    }

    private static void WriteAskSign(CborWriter writer, global::Stun.Protocol.Ask.Sign value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Digest);
    }

    private static global::Stun.Protocol.Ask.Sign ReadAskSign(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.Sign.Digest");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.Sign");
        return new global::Stun.Protocol.Ask.Sign(f1);
    }

    private static void WriteAskRun(CborWriter writer, global::Stun.Protocol.Ask.Run value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Lease);
        writer.WriteUInt64(2);
        Write(writer, value.Order);
    }

    private static global::Stun.Protocol.Ask.Run ReadAskRun(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.Run.Lease");
        var f1 = ReadLease(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.Run.Order");
        var f2 = ReadSignedOrder(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.Run");
        return new global::Stun.Protocol.Ask.Run(f1, f2);
    }

    private static void WriteAskStopRun(CborWriter writer, global::Stun.Protocol.Ask.StopRun value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
    }

    private static global::Stun.Protocol.Ask.StopRun ReadAskStopRun(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.StopRun.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "Ask.StopRun");
        return new global::Stun.Protocol.Ask.StopRun(f1);
    }

    private static void WriteAskRerun(CborWriter writer, global::Stun.Protocol.Ask.Rerun value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        Write(writer, value.Order);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Rank);
    }

    private static global::Stun.Protocol.Ask.Rerun ReadAskRerun(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.Rerun.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.Rerun.Order");
        var f2 = ReadSignedOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ask.Rerun.Rank");
        var f3 = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
        WireForm.RequireDone(in reader, left, "Ask.Rerun");
        return new global::Stun.Protocol.Ask.Rerun(f1, f2, f3);
    }

    private static void WriteAskCompare(CborWriter writer, global::Stun.Protocol.Ask.Compare value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Comparator);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Against);
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Results.Count, 64, "Ask.Compare.Results");
        foreach (var item2 in value.Results.Span)
        {
            WireForm.Write(writer, item2);
        }
    }

    private static global::Stun.Protocol.Ask.Compare ReadAskCompare(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.Compare.Comparator");
        var f1 = ReadComparator(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.Compare.Against");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ask.Compare.Results");
        var f3 = ReadDigestList(ref reader, 64, "Ask.Compare.Results");
        WireForm.RequireDone(in reader, left, "Ask.Compare");
        return new global::Stun.Protocol.Ask.Compare(f1, f2, f3);
    }

    private static void WriteAskCheckProof(CborWriter writer, global::Stun.Protocol.Ask.CheckProof value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Circuit);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Statement);
        writer.WriteUInt64(4);
        Write(writer, value.Receipt);
    }

    private static global::Stun.Protocol.Ask.CheckProof ReadAskCheckProof(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckProof.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.CheckProof.Circuit");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ask.CheckProof.Statement");
        var f3 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Ask.CheckProof.Receipt");
        var f4 = ReadReceipt(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckProof");
        return new global::Stun.Protocol.Ask.CheckProof(f1, f2, f3, f4);
    }

    private static void WriteAskCheckQuote(CborWriter writer, global::Stun.Protocol.Ask.CheckQuote value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Policy);
        writer.WriteUInt64(3);
        Write(writer, value.Receipt);
    }

    private static global::Stun.Protocol.Ask.CheckQuote ReadAskCheckQuote(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckQuote.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.CheckQuote.Policy");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ask.CheckQuote.Receipt");
        var f3 = ReadReceipt(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckQuote");
        return new global::Stun.Protocol.Ask.CheckQuote(f1, f2, f3);
    }

    private static void WriteAskCallEscrow(CborWriter writer, global::Stun.Protocol.Ask.CallEscrow value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Call);
    }

    private static global::Stun.Protocol.Ask.CallEscrow ReadAskCallEscrow(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CallEscrow.Call");
        var f1 = ReadEscrowCall(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CallEscrow");
        return new global::Stun.Protocol.Ask.CallEscrow(f1);
    }

    private static void WriteAskFollowEscrow(CborWriter writer, global::Stun.Protocol.Ask.FollowEscrow value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.From);
    }

    private static global::Stun.Protocol.Ask.FollowEscrow ReadAskFollowEscrow(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.FollowEscrow.From");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "Ask.FollowEscrow");
        return new global::Stun.Protocol.Ask.FollowEscrow(f1);
    }

    private static void WriteAskCheckPolicy(CborWriter writer, global::Stun.Protocol.Ask.CheckPolicy value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Lease);
        writer.WriteUInt64(2);
        Write(writer, value.Order);
    }

    private static global::Stun.Protocol.Ask.CheckPolicy ReadAskCheckPolicy(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckPolicy.Lease");
        var f1 = ReadLease(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.CheckPolicy.Order");
        var f2 = ReadSignedOrder(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckPolicy");
        return new global::Stun.Protocol.Ask.CheckPolicy(f1, f2);
    }

    private static void WriteAskCheckSignature(CborWriter writer, global::Stun.Protocol.Ask.CheckSignature value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Signer);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Digest);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Signature);
    }

    private static global::Stun.Protocol.Ask.CheckSignature ReadAskCheckSignature(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckSignature.Signer");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Ask.CheckSignature.Digest");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Ask.CheckSignature.Signature");
        var f3 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckSignature");
        return new global::Stun.Protocol.Ask.CheckSignature(f1, f2, f3);
    }

    private static void WriteAskFollowChain(CborWriter writer, global::Stun.Protocol.Ask.FollowChain value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.After);
    }

    private static global::Stun.Protocol.Ask.FollowChain ReadAskFollowChain(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.FollowChain.After");
        var f1 = ReadChainPosition(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.FollowChain");
        return new global::Stun.Protocol.Ask.FollowChain(f1);
    }

    private static void WriteAskSubmitBatch(CborWriter writer, global::Stun.Protocol.Ask.SubmitBatch value)
    {
        writer.WriteMapStart(0 + (value.Post is null ? 0 : 1) + (value.Settle is null ? 0 : 1));
        if (value.Post is { } f1)
        {
            writer.WriteUInt64(1);
            Write(writer, f1);
        }
        if (value.Settle is { } f2)
        {
            writer.WriteUInt64(2);
            Write(writer, f2);
        }
    }

    private static global::Stun.Protocol.Ask.SubmitBatch ReadAskSubmitBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        global::Stun.Protocol.SignedBatch? f1 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 1)) f1 = ReadSignedBatch(ref reader);
        global::Stun.Protocol.DueBatch? f2 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 2)) f2 = ReadDueBatch(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.SubmitBatch");
        return new global::Stun.Protocol.Ask.SubmitBatch(f1, f2);
    }

    private static void WriteAskCheckOffer(CborWriter writer, global::Stun.Protocol.Ask.CheckOffer value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Offer);
    }

    private static global::Stun.Protocol.Ask.CheckOffer ReadAskCheckOffer(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Ask.CheckOffer.Offer");
        var f1 = ReadOffer(ref reader);
        WireForm.RequireDone(in reader, left, "Ask.CheckOffer");
        return new global::Stun.Protocol.Ask.CheckOffer(f1);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.AttemptEnd value)
    {
        var number = unchecked((ulong)value);
        if (number > 5) throw WireForm.NotDefined("AttemptEnd", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.AttemptEnd ReadAttemptEnd(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 5);
        return (global::Stun.Protocol.AttemptEnd)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.AttemptRecord value)
    {
        writer.WriteMapStart(4 + (value.Receipt is null ? 0 : 1) + (value.Checkpoint is null ? 0 : 1));
        writer.WriteUInt64(1);
        Write(writer, value.Lease);
        writer.WriteUInt64(2);
        Write(writer, value.End);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.ClosedAt.Micros);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Commitment);
        if (value.Receipt is { } f5)
        {
            writer.WriteUInt64(5);
            Write(writer, f5);
        }
        if (value.Checkpoint is { } f6)
        {
            writer.WriteUInt64(6);
            Write(writer, f6);
        }
    }

    public static global::Stun.Protocol.AttemptRecord ReadAttemptRecord(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "AttemptRecord.Lease");
        var f1 = ReadLease(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "AttemptRecord.End");
        var f2 = ReadAttemptEnd(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "AttemptRecord.ClosedAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 4, "AttemptRecord.Commitment");
        var f4 = WireForm.ReadDigest(ref reader);
        global::Stun.Protocol.SignedReceipt? f5 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 5)) f5 = ReadSignedReceipt(ref reader);
        global::Stun.Protocol.Checkpoint? f6 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 6)) f6 = ReadCheckpoint(ref reader);
        WireForm.RequireDone(in reader, left, "AttemptRecord");
        return new global::Stun.Protocol.AttemptRecord(f1, f2, f3, f4, f5, f6);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Attestation value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Kind);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Evidence);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.ExpiresAt.Micros);
    }

    public static global::Stun.Protocol.Attestation ReadAttestation(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Attestation.Kind");
        var f1 = ReadAttestationKind(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Attestation.Evidence");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Attestation.ExpiresAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "Attestation");
        return new global::Stun.Protocol.Attestation(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.AttestationKind value)
    {
        var number = unchecked((ulong)value);
        if (number > 7) throw WireForm.NotDefined("AttestationKind", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.AttestationKind ReadAttestationKind(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 7);
        return (global::Stun.Protocol.AttestationKind)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.BlobRef value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Digest);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Size);
        writer.WriteUInt64(3);
        WireForm.WriteText(writer, value.Name, WireLimits.TextBytesMax, "BlobRef.Name");
    }

    public static global::Stun.Protocol.BlobRef ReadBlobRef(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "BlobRef.Digest");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "BlobRef.Size");
        var f2 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 3, "BlobRef.Name");
        var f3 = WireForm.ReadText(ref reader, WireLimits.TextBytesMax, "BlobRef.Name");
        WireForm.RequireDone(in reader, left, "BlobRef");
        return new global::Stun.Protocol.BlobRef(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.CapabilityRecord value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Node);
        writer.WriteUInt64(2);
        Write(writer, value.Hardware);
        writer.WriteUInt64(3);
        WireForm.WriteText(writer, value.CpuModel, 128, "CapabilityRecord.CpuModel");
        writer.WriteUInt64(4);
        Write(writer, value.Figures);
        writer.WriteUInt64(5);
        WireForm.WriteListStart(writer, value.Tees.Count, 16, "CapabilityRecord.Tees");
        foreach (var item2 in value.Tees.Span)
        {
            Write(writer, item2);
        }
        writer.WriteUInt64(6);
        WireForm.WriteListStart(writer, value.Gpus.Count, 128, "CapabilityRecord.Gpus");
        foreach (var item2 in value.Gpus.Span)
        {
            Write(writer, item2);
        }
        writer.WriteUInt64(7);
        writer.WriteUInt64(value.ProbeVersion);
        writer.WriteUInt64(8);
        writer.WriteInt64(value.MeasuredAt.Micros);
        writer.WriteUInt64(9);
        WireForm.Write(writer, value.Nonce);
    }

    public static global::Stun.Protocol.CapabilityRecord ReadCapabilityRecord(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "CapabilityRecord.Node");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "CapabilityRecord.Hardware");
        var f2 = ReadHardware(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "CapabilityRecord.CpuModel");
        var f3 = WireForm.ReadText(ref reader, 128, "CapabilityRecord.CpuModel");
        WireForm.ReadKey(ref reader, ref left, 4, "CapabilityRecord.Figures");
        var f4 = ReadProbeFigures(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "CapabilityRecord.Tees");
        var f5 = ReadTeeKindList(ref reader, 16, "CapabilityRecord.Tees");
        WireForm.ReadKey(ref reader, ref left, 6, "CapabilityRecord.Gpus");
        var f6 = ReadGpuCapabilityList(ref reader, 128, "CapabilityRecord.Gpus");
        WireForm.ReadKey(ref reader, ref left, 7, "CapabilityRecord.ProbeVersion");
        var f7 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 8, "CapabilityRecord.MeasuredAt");
        var f8 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 9, "CapabilityRecord.Nonce");
        var f9 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "CapabilityRecord");
        return new global::Stun.Protocol.CapabilityRecord(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ChainBatch value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Root);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Tasks);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Moves);
    }

    public static global::Stun.Protocol.ChainBatch ReadChainBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainBatch.Number");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "ChainBatch.Root");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ChainBatch.Tasks");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "ChainBatch.Moves");
        var f4 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "ChainBatch");
        return new global::Stun.Protocol.ChainBatch(f1, f2, f3, f4);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ChainEvent value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.ChainEvent.Deposited it:
                writer.WriteUInt64(1);
                WriteChainEventDeposited(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.ExitAsked it:
                writer.WriteUInt64(2);
                WriteChainEventExitAsked(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.Staked it:
                writer.WriteUInt64(3);
                WriteChainEventStaked(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.UnstakeBegun it:
                writer.WriteUInt64(4);
                WriteChainEventUnstakeBegun(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.Unstaked it:
                writer.WriteUInt64(5);
                WriteChainEventUnstaked(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.BatchPosted it:
                writer.WriteUInt64(6);
                WriteChainEventBatchPosted(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.BatchSettled it:
                writer.WriteUInt64(7);
                WriteChainEventBatchSettled(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.BatchVoided it:
                writer.WriteUInt64(8);
                WriteChainEventBatchVoided(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.BatchAnswered it:
                writer.WriteUInt64(9);
                WriteChainEventBatchAnswered(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.Credited it:
                writer.WriteUInt64(10);
                WriteChainEventCredited(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.ClaimPaid it:
                writer.WriteUInt64(11);
                WriteChainEventClaimPaid(writer, it);
                break;
            case global::Stun.Protocol.ChainEvent.SlashedAlone it:
                writer.WriteUInt64(12);
                WriteChainEventSlashedAlone(writer, it);
                break;
            default:
                throw new WireException("ChainEvent: a case without a number.");
        }
    }

    public static global::Stun.Protocol.ChainEvent ReadChainEvent(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "ChainEvent") switch
        {
            1 => ReadChainEventDeposited(ref reader),
            2 => ReadChainEventExitAsked(ref reader),
            3 => ReadChainEventStaked(ref reader),
            4 => ReadChainEventUnstakeBegun(ref reader),
            5 => ReadChainEventUnstaked(ref reader),
            6 => ReadChainEventBatchPosted(ref reader),
            7 => ReadChainEventBatchSettled(ref reader),
            8 => ReadChainEventBatchVoided(ref reader),
            9 => ReadChainEventBatchAnswered(ref reader),
            10 => ReadChainEventCredited(ref reader),
            11 => ReadChainEventClaimPaid(ref reader),
            12 => ReadChainEventSlashedAlone(ref reader),
            var number => throw new WireException($"ChainEvent: case {number} is not known."),
        };

    private static void WriteChainEventDeposited(CborWriter writer, global::Stun.Protocol.ChainEvent.Deposited value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.Deposited ReadChainEventDeposited(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.Deposited.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.Deposited.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.Deposited");
        return new global::Stun.Protocol.ChainEvent.Deposited(f1, f2);
    }

    private static void WriteChainEventExitAsked(CborWriter writer, global::Stun.Protocol.ChainEvent.ExitAsked value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.ExitAsked ReadChainEventExitAsked(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.ExitAsked.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.ExitAsked.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.ExitAsked");
        return new global::Stun.Protocol.ChainEvent.ExitAsked(f1, f2);
    }

    private static void WriteChainEventStaked(CborWriter writer, global::Stun.Protocol.ChainEvent.Staked value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.Staked ReadChainEventStaked(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.Staked.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.Staked.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.Staked");
        return new global::Stun.Protocol.ChainEvent.Staked(f1, f2);
    }

    private static void WriteChainEventUnstakeBegun(CborWriter writer, global::Stun.Protocol.ChainEvent.UnstakeBegun value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.UnstakeBegun ReadChainEventUnstakeBegun(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.UnstakeBegun.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.UnstakeBegun.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.UnstakeBegun");
        return new global::Stun.Protocol.ChainEvent.UnstakeBegun(f1, f2);
    }

    private static void WriteChainEventUnstaked(CborWriter writer, global::Stun.Protocol.ChainEvent.Unstaked value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.Unstaked ReadChainEventUnstaked(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.Unstaked.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.Unstaked.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.Unstaked");
        return new global::Stun.Protocol.ChainEvent.Unstaked(f1, f2);
    }

    private static void WriteChainEventBatchPosted(CborWriter writer, global::Stun.Protocol.ChainEvent.BatchPosted value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Batch);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.DueAt.Micros);
    }

    private static global::Stun.Protocol.ChainEvent.BatchPosted ReadChainEventBatchPosted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.BatchPosted.Batch");
        var f1 = ReadChainBatch(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.BatchPosted.PayableAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "ChainEvent.BatchPosted.DueAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "ChainEvent.BatchPosted");
        return new global::Stun.Protocol.ChainEvent.BatchPosted(f1, f2, f3);
    }

    private static void WriteChainEventBatchSettled(CborWriter writer, global::Stun.Protocol.ChainEvent.BatchSettled value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
    }

    private static global::Stun.Protocol.ChainEvent.BatchSettled ReadChainEventBatchSettled(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.BatchSettled.Number");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "ChainEvent.BatchSettled");
        return new global::Stun.Protocol.ChainEvent.BatchSettled(f1);
    }

    private static void WriteChainEventBatchVoided(CborWriter writer, global::Stun.Protocol.ChainEvent.BatchVoided value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
    }

    private static global::Stun.Protocol.ChainEvent.BatchVoided ReadChainEventBatchVoided(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.BatchVoided.Number");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "ChainEvent.BatchVoided");
        return new global::Stun.Protocol.ChainEvent.BatchVoided(f1);
    }

    private static void WriteChainEventBatchAnswered(CborWriter writer, global::Stun.Protocol.ChainEvent.BatchAnswered value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.DueAt.Micros);
    }

    private static global::Stun.Protocol.ChainEvent.BatchAnswered ReadChainEventBatchAnswered(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.BatchAnswered.Number");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.BatchAnswered.PayableAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "ChainEvent.BatchAnswered.DueAt");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "ChainEvent.BatchAnswered");
        return new global::Stun.Protocol.ChainEvent.BatchAnswered(f1, f2, f3);
    }

    private static void WriteChainEventCredited(CborWriter writer, global::Stun.Protocol.ChainEvent.Credited value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.Credited ReadChainEventCredited(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.Credited.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.Credited.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.Credited");
        return new global::Stun.Protocol.ChainEvent.Credited(f1, f2);
    }

    private static void WriteChainEventClaimPaid(CborWriter writer, global::Stun.Protocol.ChainEvent.ClaimPaid value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Requester);
        writer.WriteUInt64(3);
        writer.WriteUInt128(value.Charged.Units);
    }

    private static global::Stun.Protocol.ChainEvent.ClaimPaid ReadChainEventClaimPaid(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.ClaimPaid.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.ClaimPaid.Requester");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ChainEvent.ClaimPaid.Charged");
        var f3 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.ClaimPaid");
        return new global::Stun.Protocol.ChainEvent.ClaimPaid(f1, f2, f3);
    }

    private static void WriteChainEventSlashedAlone(CborWriter writer, global::Stun.Protocol.ChainEvent.SlashedAlone value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.ChainEvent.SlashedAlone ReadChainEventSlashedAlone(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainEvent.SlashedAlone.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ChainEvent.SlashedAlone.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "ChainEvent.SlashedAlone");
        return new global::Stun.Protocol.ChainEvent.SlashedAlone(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ChainPosition value)
    {
        writer.WriteMapStart(2 + (value.Hash is null ? 0 : 1));
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Block);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Index);
        if (value.Hash is { } f3)
        {
            writer.WriteUInt64(3);
            WireForm.Write(writer, f3);
        }
    }

    public static global::Stun.Protocol.ChainPosition ReadChainPosition(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ChainPosition.Block");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "ChainPosition.Index");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        global::Stun.Protocol.Digest? f3 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 3)) f3 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "ChainPosition");
        return new global::Stun.Protocol.ChainPosition(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Checkpoint value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.State);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.ProgressPpm);
    }

    public static global::Stun.Protocol.Checkpoint ReadCheckpoint(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Checkpoint.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Checkpoint.State");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Checkpoint.ProgressPpm");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Checkpoint");
        return new global::Stun.Protocol.Checkpoint(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Comparator value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.Comparator.Bytes it:
                writer.WriteUInt64(1);
                WriteComparatorBytes(writer, it);
                break;
            case global::Stun.Protocol.Comparator.Json it:
                writer.WriteUInt64(2);
                WriteComparatorJson(writer, it);
                break;
            case global::Stun.Protocol.Comparator.NumericTolerance it:
                writer.WriteUInt64(3);
                WriteComparatorNumericTolerance(writer, it);
                break;
            case global::Stun.Protocol.Comparator.Histogram it:
                writer.WriteUInt64(4);
                WriteComparatorHistogram(writer, it);
                break;
            default:
                throw new WireException("Comparator: a case without a number.");
        }
    }

    public static global::Stun.Protocol.Comparator ReadComparator(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "Comparator") switch
        {
            1 => ReadComparatorBytes(ref reader),
            2 => ReadComparatorJson(ref reader),
            3 => ReadComparatorNumericTolerance(ref reader),
            4 => ReadComparatorHistogram(ref reader),
            var number => throw new WireException($"Comparator: case {number} is not known."),
        };

    private static void WriteComparatorBytes(CborWriter writer, global::Stun.Protocol.Comparator.Bytes value)
    {
        writer.WriteMapStart(0);
    }

    private static global::Stun.Protocol.Comparator.Bytes ReadComparatorBytes(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.RequireDone(in reader, left, "Comparator.Bytes");
        return new global::Stun.Protocol.Comparator.Bytes();
    }

    private static void WriteComparatorJson(CborWriter writer, global::Stun.Protocol.Comparator.Json value)
    {
        writer.WriteMapStart(0);
    }

    private static global::Stun.Protocol.Comparator.Json ReadComparatorJson(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.RequireDone(in reader, left, "Comparator.Json");
        return new global::Stun.Protocol.Comparator.Json();
    }

    private static void WriteComparatorNumericTolerance(CborWriter writer, global::Stun.Protocol.Comparator.NumericTolerance value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.AbsoluteUnits);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.AbsoluteExponent);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.RelativePpb);
    }

    private static global::Stun.Protocol.Comparator.NumericTolerance ReadComparatorNumericTolerance(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Comparator.NumericTolerance.AbsoluteUnits");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "Comparator.NumericTolerance.AbsoluteExponent");
        var f2 = (sbyte)WireForm.ReadSigned(ref reader, sbyte.MinValue, sbyte.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "Comparator.NumericTolerance.RelativePpb");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Comparator.NumericTolerance");
        return new global::Stun.Protocol.Comparator.NumericTolerance(f1, f2, f3);
    }

    private static void WriteComparatorHistogram(CborWriter writer, global::Stun.Protocol.Comparator.Histogram value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.DistancePpm);
    }

    private static global::Stun.Protocol.Comparator.Histogram ReadComparatorHistogram(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Comparator.Histogram.DistancePpm");
        var f1 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Comparator.Histogram");
        return new global::Stun.Protocol.Comparator.Histogram(f1);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.DueBatch value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Batch);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Moves.Count, 8192, "DueBatch.Moves");
        foreach (var item2 in value.Moves.Span)
        {
            WireForm.Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.DueBatch ReadDueBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "DueBatch.Batch");
        var f1 = ReadChainBatch(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "DueBatch.PayableAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "DueBatch.Moves");
        var f3 = ReadDigestList(ref reader, 8192, "DueBatch.Moves");
        WireForm.RequireDone(in reader, left, "DueBatch");
        return new global::Stun.Protocol.DueBatch(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.EndReason value)
    {
        var number = unchecked((ulong)value);
        if (number > 11) throw WireForm.NotDefined("EndReason", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.EndReason ReadEndReason(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 11);
        return (global::Stun.Protocol.EndReason)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.EscrowCall value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.EscrowCall.Deposit it:
                writer.WriteUInt64(1);
                WriteEscrowCallDeposit(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.Withdraw it:
                writer.WriteUInt64(2);
                WriteEscrowCallWithdraw(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.AddStake it:
                writer.WriteUInt64(3);
                WriteEscrowCallAddStake(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.BeginUnstake it:
                writer.WriteUInt64(4);
                WriteEscrowCallBeginUnstake(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.FinishUnstake it:
                writer.WriteUInt64(5);
                WriteEscrowCallFinishUnstake(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.HoldFunds it:
                writer.WriteUInt64(6);
                WriteEscrowCallHoldFunds(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.PostBatch it:
                writer.WriteUInt64(7);
                WriteEscrowCallPostBatch(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.OpenDispute it:
                writer.WriteUInt64(8);
                WriteEscrowCallOpenDispute(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.Settle it:
                writer.WriteUInt64(9);
                WriteEscrowCallSettle(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.ExpireHold it:
                writer.WriteUInt64(10);
                WriteEscrowCallExpireHold(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.TakeFromChain it:
                writer.WriteUInt64(11);
                WriteEscrowCallTakeFromChain(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.CutBatch it:
                writer.WriteUInt64(12);
                WriteEscrowCallCutBatch(writer, it);
                break;
            case global::Stun.Protocol.EscrowCall.SignBatch it:
                writer.WriteUInt64(13);
                WriteEscrowCallSignBatch(writer, it);
                break;
            default:
                throw new WireException("EscrowCall: a case without a number.");
        }
    }

    public static global::Stun.Protocol.EscrowCall ReadEscrowCall(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "EscrowCall") switch
        {
            1 => ReadEscrowCallDeposit(ref reader),
            2 => ReadEscrowCallWithdraw(ref reader),
            3 => ReadEscrowCallAddStake(ref reader),
            4 => ReadEscrowCallBeginUnstake(ref reader),
            5 => ReadEscrowCallFinishUnstake(ref reader),
            6 => ReadEscrowCallHoldFunds(ref reader),
            7 => ReadEscrowCallPostBatch(ref reader),
            8 => ReadEscrowCallOpenDispute(ref reader),
            9 => ReadEscrowCallSettle(ref reader),
            10 => ReadEscrowCallExpireHold(ref reader),
            11 => ReadEscrowCallTakeFromChain(ref reader),
            12 => ReadEscrowCallCutBatch(ref reader),
            13 => ReadEscrowCallSignBatch(ref reader),
            var number => throw new WireException($"EscrowCall: case {number} is not known."),
        };

    private static void WriteEscrowCallDeposit(CborWriter writer, global::Stun.Protocol.EscrowCall.Deposit value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Nonce);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowCall.Deposit ReadEscrowCallDeposit(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.Deposit.Nonce");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.Deposit.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowCall.Deposit");
        return new global::Stun.Protocol.EscrowCall.Deposit(f1, f2);
    }

    private static void WriteEscrowCallWithdraw(CborWriter writer, global::Stun.Protocol.EscrowCall.Withdraw value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Nonce);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowCall.Withdraw ReadEscrowCallWithdraw(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.Withdraw.Nonce");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.Withdraw.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowCall.Withdraw");
        return new global::Stun.Protocol.EscrowCall.Withdraw(f1, f2);
    }

    private static void WriteEscrowCallAddStake(CborWriter writer, global::Stun.Protocol.EscrowCall.AddStake value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Nonce);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowCall.AddStake ReadEscrowCallAddStake(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.AddStake.Nonce");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.AddStake.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowCall.AddStake");
        return new global::Stun.Protocol.EscrowCall.AddStake(f1, f2);
    }

    private static void WriteEscrowCallBeginUnstake(CborWriter writer, global::Stun.Protocol.EscrowCall.BeginUnstake value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Nonce);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowCall.BeginUnstake ReadEscrowCallBeginUnstake(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.BeginUnstake.Nonce");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.BeginUnstake.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowCall.BeginUnstake");
        return new global::Stun.Protocol.EscrowCall.BeginUnstake(f1, f2);
    }

    private static void WriteEscrowCallFinishUnstake(CborWriter writer, global::Stun.Protocol.EscrowCall.FinishUnstake value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Nonce);
    }

    private static global::Stun.Protocol.EscrowCall.FinishUnstake ReadEscrowCallFinishUnstake(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.FinishUnstake.Nonce");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowCall.FinishUnstake");
        return new global::Stun.Protocol.EscrowCall.FinishUnstake(f1);
    }

    private static void WriteEscrowCallHoldFunds(CborWriter writer, global::Stun.Protocol.EscrowCall.HoldFunds value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Order);
    }

    private static global::Stun.Protocol.EscrowCall.HoldFunds ReadEscrowCallHoldFunds(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.HoldFunds.Order");
        var f1 = ReadSignedOrder(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowCall.HoldFunds");
        return new global::Stun.Protocol.EscrowCall.HoldFunds(f1);
    }

    private static void WriteEscrowCallPostBatch(CborWriter writer, global::Stun.Protocol.EscrowCall.PostBatch value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Root);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Verdicts.Count, 1024, "EscrowCall.PostBatch.Verdicts");
        foreach (var item2 in value.Verdicts.Span)
        {
            Write(writer, item2);
        }
    }

    private static global::Stun.Protocol.EscrowCall.PostBatch ReadEscrowCallPostBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.PostBatch.Root");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.PostBatch.Verdicts");
        var f2 = ReadSignedVerdictList(ref reader, 1024, "EscrowCall.PostBatch.Verdicts");
        WireForm.RequireDone(in reader, left, "EscrowCall.PostBatch");
        return new global::Stun.Protocol.EscrowCall.PostBatch(f1, f2);
    }

    private static void WriteEscrowCallOpenDispute(CborWriter writer, global::Stun.Protocol.EscrowCall.OpenDispute value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Round);
    }

    private static global::Stun.Protocol.EscrowCall.OpenDispute ReadEscrowCallOpenDispute(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.OpenDispute.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.OpenDispute.Round");
        var f2 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.RequireDone(in reader, left, "EscrowCall.OpenDispute");
        return new global::Stun.Protocol.EscrowCall.OpenDispute(f1, f2);
    }

    private static void WriteEscrowCallSettle(CborWriter writer, global::Stun.Protocol.EscrowCall.Settle value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.WriteListStart(writer, value.Tasks.Count, 1024, "EscrowCall.Settle.Tasks");
        foreach (var item2 in value.Tasks.Span)
        {
            WireForm.Write(writer, item2);
        }
    }

    private static global::Stun.Protocol.EscrowCall.Settle ReadEscrowCallSettle(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.Settle.Tasks");
        var f1 = ReadTaskIdList(ref reader, 1024, "EscrowCall.Settle.Tasks");
        WireForm.RequireDone(in reader, left, "EscrowCall.Settle");
        return new global::Stun.Protocol.EscrowCall.Settle(f1);
    }

    private static void WriteEscrowCallExpireHold(CborWriter writer, global::Stun.Protocol.EscrowCall.ExpireHold value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Protocol.EscrowCall.ExpireHold ReadEscrowCallExpireHold(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.ExpireHold.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowCall.ExpireHold");
        return new global::Stun.Protocol.EscrowCall.ExpireHold(f1);
    }

    private static void WriteEscrowCallTakeFromChain(CborWriter writer, global::Stun.Protocol.EscrowCall.TakeFromChain value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Position);
        writer.WriteUInt64(2);
        Write(writer, value.Event);
    }

    private static global::Stun.Protocol.EscrowCall.TakeFromChain ReadEscrowCallTakeFromChain(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.TakeFromChain.Position");
        var f1 = ReadChainPosition(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.TakeFromChain.Event");
        var f2 = ReadChainEvent(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowCall.TakeFromChain");
        return new global::Stun.Protocol.EscrowCall.TakeFromChain(f1, f2);
    }

    private static void WriteEscrowCallCutBatch(CborWriter writer, global::Stun.Protocol.EscrowCall.CutBatch value)
    {
        writer.WriteMapStart(0);
    }

    private static global::Stun.Protocol.EscrowCall.CutBatch ReadEscrowCallCutBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.RequireDone(in reader, left, "EscrowCall.CutBatch");
        return new global::Stun.Protocol.EscrowCall.CutBatch();
    }

    private static void WriteEscrowCallSignBatch(CborWriter writer, global::Stun.Protocol.EscrowCall.SignBatch value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Signature);
    }

    private static global::Stun.Protocol.EscrowCall.SignBatch ReadEscrowCallSignBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowCall.SignBatch.Number");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowCall.SignBatch.Signature");
        var f2 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowCall.SignBatch");
        return new global::Stun.Protocol.EscrowCall.SignBatch(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.EscrowEvent value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.EscrowEvent.Deposited it:
                writer.WriteUInt64(1);
                WriteEscrowEventDeposited(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.Withdrawn it:
                writer.WriteUInt64(2);
                WriteEscrowEventWithdrawn(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.StakeChanged it:
                writer.WriteUInt64(3);
                WriteEscrowEventStakeChanged(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.FundsHeld it:
                writer.WriteUInt64(4);
                WriteEscrowEventFundsHeld(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.HoldRefused it:
                writer.WriteUInt64(5);
                WriteEscrowEventHoldRefused(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.VerdictPosted it:
                writer.WriteUInt64(6);
                WriteEscrowEventVerdictPosted(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.DisputeOpened it:
                writer.WriteUInt64(7);
                WriteEscrowEventDisputeOpened(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.TaskSettled it:
                writer.WriteUInt64(8);
                WriteEscrowEventTaskSettled(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.HoldExpired it:
                writer.WriteUInt64(9);
                WriteEscrowEventHoldExpired(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.TakenOut it:
                writer.WriteUInt64(10);
                WriteEscrowEventTakenOut(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.BatchCut it:
                writer.WriteUInt64(11);
                WriteEscrowEventBatchCut(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.BatchSigned it:
                writer.WriteUInt64(12);
                WriteEscrowEventBatchSigned(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.BatchPosted it:
                writer.WriteUInt64(13);
                WriteEscrowEventBatchPosted(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.BatchSettled it:
                writer.WriteUInt64(14);
                WriteEscrowEventBatchSettled(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.BatchVoided it:
                writer.WriteUInt64(15);
                WriteEscrowEventBatchVoided(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.EntryDropped it:
                writer.WriteUInt64(16);
                WriteEscrowEventEntryDropped(writer, it);
                break;
            case global::Stun.Protocol.EscrowEvent.SlashedAlone it:
                writer.WriteUInt64(17);
                WriteEscrowEventSlashedAlone(writer, it);
                break;
            default:
                throw new WireException("EscrowEvent: a case without a number.");
        }
    }

    public static global::Stun.Protocol.EscrowEvent ReadEscrowEvent(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "EscrowEvent") switch
        {
            1 => ReadEscrowEventDeposited(ref reader),
            2 => ReadEscrowEventWithdrawn(ref reader),
            3 => ReadEscrowEventStakeChanged(ref reader),
            4 => ReadEscrowEventFundsHeld(ref reader),
            5 => ReadEscrowEventHoldRefused(ref reader),
            6 => ReadEscrowEventVerdictPosted(ref reader),
            7 => ReadEscrowEventDisputeOpened(ref reader),
            8 => ReadEscrowEventTaskSettled(ref reader),
            9 => ReadEscrowEventHoldExpired(ref reader),
            10 => ReadEscrowEventTakenOut(ref reader),
            11 => ReadEscrowEventBatchCut(ref reader),
            12 => ReadEscrowEventBatchSigned(ref reader),
            13 => ReadEscrowEventBatchPosted(ref reader),
            14 => ReadEscrowEventBatchSettled(ref reader),
            15 => ReadEscrowEventBatchVoided(ref reader),
            16 => ReadEscrowEventEntryDropped(ref reader),
            17 => ReadEscrowEventSlashedAlone(ref reader),
            var number => throw new WireException($"EscrowEvent: case {number} is not known."),
        };

    private static void WriteEscrowEventDeposited(CborWriter writer, global::Stun.Protocol.EscrowEvent.Deposited value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.Deposited ReadEscrowEventDeposited(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.Deposited.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.Deposited.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.Deposited");
        return new global::Stun.Protocol.EscrowEvent.Deposited(f1, f2);
    }

    private static void WriteEscrowEventWithdrawn(CborWriter writer, global::Stun.Protocol.EscrowEvent.Withdrawn value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.Withdrawn ReadEscrowEventWithdrawn(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.Withdrawn.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.Withdrawn.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.Withdrawn");
        return new global::Stun.Protocol.EscrowEvent.Withdrawn(f1, f2);
    }

    private static void WriteEscrowEventStakeChanged(CborWriter writer, global::Stun.Protocol.EscrowEvent.StakeChanged value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Stake.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.StakeChanged ReadEscrowEventStakeChanged(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.StakeChanged.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.StakeChanged.Stake");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.StakeChanged");
        return new global::Stun.Protocol.EscrowEvent.StakeChanged(f1, f2);
    }

    private static void WriteEscrowEventFundsHeld(CborWriter writer, global::Stun.Protocol.EscrowEvent.FundsHeld value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Requester);
        writer.WriteUInt64(3);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.FundsHeld ReadEscrowEventFundsHeld(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.FundsHeld.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.FundsHeld.Requester");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEvent.FundsHeld.Amount");
        var f3 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.FundsHeld");
        return new global::Stun.Protocol.EscrowEvent.FundsHeld(f1, f2, f3);
    }

    private static void WriteEscrowEventHoldRefused(CborWriter writer, global::Stun.Protocol.EscrowEvent.HoldRefused value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        Write(writer, value.Reason);
    }

    private static global::Stun.Protocol.EscrowEvent.HoldRefused ReadEscrowEventHoldRefused(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.HoldRefused.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.HoldRefused.Reason");
        var f2 = ReadEscrowRefusal(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEvent.HoldRefused");
        return new global::Stun.Protocol.EscrowEvent.HoldRefused(f1, f2);
    }

    private static void WriteEscrowEventVerdictPosted(CborWriter writer, global::Stun.Protocol.EscrowEvent.VerdictPosted value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Verdict);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.PayableAt.Micros);
    }

    private static global::Stun.Protocol.EscrowEvent.VerdictPosted ReadEscrowEventVerdictPosted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.VerdictPosted.Verdict");
        var f1 = ReadVerdict(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.VerdictPosted.PayableAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "EscrowEvent.VerdictPosted");
        return new global::Stun.Protocol.EscrowEvent.VerdictPosted(f1, f2);
    }

    private static void WriteEscrowEventDisputeOpened(CborWriter writer, global::Stun.Protocol.EscrowEvent.DisputeOpened value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Round);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.By);
    }

    private static global::Stun.Protocol.EscrowEvent.DisputeOpened ReadEscrowEventDisputeOpened(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.DisputeOpened.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.DisputeOpened.Round");
        var f2 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEvent.DisputeOpened.By");
        var f3 = WireForm.ReadAddress(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEvent.DisputeOpened");
        return new global::Stun.Protocol.EscrowEvent.DisputeOpened(f1, f2, f3);
    }

    private static void WriteEscrowEventTaskSettled(CborWriter writer, global::Stun.Protocol.EscrowEvent.TaskSettled value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Settlement);
        writer.WriteUInt64(2);
        Write(writer, value.Verdict);
    }

    private static global::Stun.Protocol.EscrowEvent.TaskSettled ReadEscrowEventTaskSettled(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.TaskSettled.Settlement");
        var f1 = ReadSettlement(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.TaskSettled.Verdict");
        var f2 = ReadVerdict(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEvent.TaskSettled");
        return new global::Stun.Protocol.EscrowEvent.TaskSettled(f1, f2);
    }

    private static void WriteEscrowEventHoldExpired(CborWriter writer, global::Stun.Protocol.EscrowEvent.HoldExpired value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Refund.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.HoldExpired ReadEscrowEventHoldExpired(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.HoldExpired.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.HoldExpired.Refund");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.HoldExpired");
        return new global::Stun.Protocol.EscrowEvent.HoldExpired(f1, f2);
    }

    private static void WriteEscrowEventTakenOut(CborWriter writer, global::Stun.Protocol.EscrowEvent.TakenOut value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Owner);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.Amount.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.TakenOut ReadEscrowEventTakenOut(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.TakenOut.Owner");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.TakenOut.Amount");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.TakenOut");
        return new global::Stun.Protocol.EscrowEvent.TakenOut(f1, f2);
    }

    private static void WriteEscrowEventBatchCut(CborWriter writer, global::Stun.Protocol.EscrowEvent.BatchCut value)
    {
        writer.WriteMapStart(5);
        writer.WriteUInt64(1);
        Write(writer, value.Batch);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Entries.Count, 8192, "EscrowEvent.BatchCut.Entries");
        foreach (var item2 in value.Entries.Span)
        {
            writer.WriteUInt64(item2);
        }
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Lines.Count, 8192, "EscrowEvent.BatchCut.Lines");
        foreach (var item2 in value.Lines.Span)
        {
            WireForm.Write(writer, item2);
        }
        writer.WriteUInt64(4);
        WireForm.WriteListStart(writer, value.Tasks.Count, 8192, "EscrowEvent.BatchCut.Tasks");
        foreach (var item2 in value.Tasks.Span)
        {
            WireForm.Write(writer, item2);
        }
        writer.WriteUInt64(5);
        WireForm.WriteListStart(writer, value.Moves.Count, 8192, "EscrowEvent.BatchCut.Moves");
        foreach (var item2 in value.Moves.Span)
        {
            WireForm.Write(writer, item2);
        }
    }

    private static global::Stun.Protocol.EscrowEvent.BatchCut ReadEscrowEventBatchCut(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.BatchCut.Batch");
        var f1 = ReadChainBatch(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.BatchCut.Entries");
        var f2 = ReadUInt64List(ref reader, 8192, "EscrowEvent.BatchCut.Entries");
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEvent.BatchCut.Lines");
        var f3 = ReadDigestList(ref reader, 8192, "EscrowEvent.BatchCut.Lines");
        WireForm.ReadKey(ref reader, ref left, 4, "EscrowEvent.BatchCut.Tasks");
        var f4 = ReadTaskIdList(ref reader, 8192, "EscrowEvent.BatchCut.Tasks");
        WireForm.ReadKey(ref reader, ref left, 5, "EscrowEvent.BatchCut.Moves");
        var f5 = ReadDigestList(ref reader, 8192, "EscrowEvent.BatchCut.Moves");
        WireForm.RequireDone(in reader, left, "EscrowEvent.BatchCut");
        return new global::Stun.Protocol.EscrowEvent.BatchCut(f1, f2, f3, f4, f5);
    }

    private static void WriteEscrowEventBatchSigned(CborWriter writer, global::Stun.Protocol.EscrowEvent.BatchSigned value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
        writer.WriteUInt64(2);
        Write(writer, value.Vote);
    }

    private static global::Stun.Protocol.EscrowEvent.BatchSigned ReadEscrowEventBatchSigned(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.BatchSigned.Number");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.BatchSigned.Vote");
        var f2 = ReadVoteSignature(ref reader);
        WireForm.RequireDone(in reader, left, "EscrowEvent.BatchSigned");
        return new global::Stun.Protocol.EscrowEvent.BatchSigned(f1, f2);
    }

    private static void WriteEscrowEventBatchPosted(CborWriter writer, global::Stun.Protocol.EscrowEvent.BatchPosted value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.PayableAt.Micros);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.OnChain.Micros);
    }

    private static global::Stun.Protocol.EscrowEvent.BatchPosted ReadEscrowEventBatchPosted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.BatchPosted.Number");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.BatchPosted.PayableAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEvent.BatchPosted.OnChain");
        var f3 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "EscrowEvent.BatchPosted");
        return new global::Stun.Protocol.EscrowEvent.BatchPosted(f1, f2, f3);
    }

    private static void WriteEscrowEventBatchSettled(CborWriter writer, global::Stun.Protocol.EscrowEvent.BatchSettled value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
    }

    private static global::Stun.Protocol.EscrowEvent.BatchSettled ReadEscrowEventBatchSettled(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.BatchSettled.Number");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowEvent.BatchSettled");
        return new global::Stun.Protocol.EscrowEvent.BatchSettled(f1);
    }

    private static void WriteEscrowEventBatchVoided(CborWriter writer, global::Stun.Protocol.EscrowEvent.BatchVoided value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Number);
    }

    private static global::Stun.Protocol.EscrowEvent.BatchVoided ReadEscrowEventBatchVoided(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.BatchVoided.Number");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowEvent.BatchVoided");
        return new global::Stun.Protocol.EscrowEvent.BatchVoided(f1);
    }

    private static void WriteEscrowEventEntryDropped(CborWriter writer, global::Stun.Protocol.EscrowEvent.EntryDropped value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Place);
    }

    private static global::Stun.Protocol.EscrowEvent.EntryDropped ReadEscrowEventEntryDropped(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.EntryDropped.Place");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "EscrowEvent.EntryDropped");
        return new global::Stun.Protocol.EscrowEvent.EntryDropped(f1);
    }

    private static void WriteEscrowEventSlashedAlone(CborWriter writer, global::Stun.Protocol.EscrowEvent.SlashedAlone value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.FromUnbonding.Units);
        writer.WriteUInt64(3);
        writer.WriteUInt128(value.Stake.Units);
    }

    private static global::Stun.Protocol.EscrowEvent.SlashedAlone ReadEscrowEventSlashedAlone(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "EscrowEvent.SlashedAlone.Provider");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "EscrowEvent.SlashedAlone.FromUnbonding");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 3, "EscrowEvent.SlashedAlone.Stake");
        var f3 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "EscrowEvent.SlashedAlone");
        return new global::Stun.Protocol.EscrowEvent.SlashedAlone(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.EscrowRefusal value)
    {
        var number = unchecked((ulong)value);
        if (number > 17) throw WireForm.NotDefined("EscrowRefusal", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.EscrowRefusal ReadEscrowRefusal(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 17);
        return (global::Stun.Protocol.EscrowRefusal)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Evidence value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        Write(writer, value.Order);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Round);
        writer.WriteUInt64(3);
        Write(writer, value.Outcome);
        writer.WriteUInt64(4);
        WireForm.WriteListStart(writer, value.Attempts.Count, 64, "Evidence.Attempts");
        foreach (var item2 in value.Attempts.Span)
        {
            Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.Evidence ReadEvidence(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Evidence.Order");
        var f1 = ReadSignedOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Evidence.Round");
        var f2 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "Evidence.Outcome");
        var f3 = ReadOutcome(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Evidence.Attempts");
        var f4 = ReadAttemptRecordList(ref reader, 64, "Evidence.Attempts");
        WireForm.RequireDone(in reader, left, "Evidence");
        return new global::Stun.Protocol.Evidence(f1, f2, f3, f4);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.FinalState value)
    {
        var number = unchecked((ulong)value);
        if (number > 2) throw WireForm.NotDefined("FinalState", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.FinalState ReadFinalState(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 2);
        return (global::Stun.Protocol.FinalState)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Finding value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        Write(writer, value.Judgement);
        writer.WriteUInt64(4);
        writer.WriteUInt128(value.Pay.Units);
    }

    public static global::Stun.Protocol.Finding ReadFinding(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Finding.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Finding.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Finding.Judgement");
        var f3 = ReadJudgement(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Finding.Pay");
        var f4 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "Finding");
        return new global::Stun.Protocol.Finding(f1, f2, f3, f4);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.GpuCapability value)
    {
        writer.WriteMapStart(5);
        writer.WriteUInt64(1);
        WireForm.WriteText(writer, value.Model, 96, "GpuCapability.Model");
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.MemoryMiB);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.ComputeCapability);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Uuid);
        writer.WriteUInt64(5);
        writer.WriteBool(value.IsMig);
    }

    public static global::Stun.Protocol.GpuCapability ReadGpuCapability(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "GpuCapability.Model");
        var f1 = WireForm.ReadText(ref reader, 96, "GpuCapability.Model");
        WireForm.ReadKey(ref reader, ref left, 2, "GpuCapability.MemoryMiB");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "GpuCapability.ComputeCapability");
        var f3 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "GpuCapability.Uuid");
        var f4 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "GpuCapability.IsMig");
        var f5 = reader.ReadBool();
        WireForm.RequireDone(in reader, left, "GpuCapability");
        return new global::Stun.Protocol.GpuCapability(f1, f2, f3, f4, f5);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Hardware value)
    {
        writer.WriteMapStart(7);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.GpuModel.Code);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.GpuCount);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.GpuMemoryMiB);
        writer.WriteUInt64(4);
        writer.WriteUInt64(value.ComputeCapability);
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.CpuMillis);
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.MemoryMiB);
        writer.WriteUInt64(7);
        writer.WriteUInt64(value.DiskMiB);
    }

    public static global::Stun.Protocol.Hardware ReadHardware(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Hardware.GpuModel");
        var f1 = new global::Stun.Protocol.GpuModel(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Hardware.GpuCount");
        var f2 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "Hardware.GpuMemoryMiB");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "Hardware.ComputeCapability");
        var f4 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "Hardware.CpuMillis");
        var f5 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 6, "Hardware.MemoryMiB");
        var f6 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 7, "Hardware.DiskMiB");
        var f7 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Hardware");
        return new global::Stun.Protocol.Hardware(f1, f2, f3, f4, f5, f6, f7);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Judgement value)
    {
        var number = unchecked((ulong)value);
        if (number > 2) throw WireForm.NotDefined("Judgement", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.Judgement ReadJudgement(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 2);
        return (global::Stun.Protocol.Judgement)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Lease value)
    {
        writer.WriteMapStart(11 + (value.ResumeFrom is null ? 0 : 1));
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.Generation);
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.Replica);
        writer.WriteUInt64(7);
        writer.WriteUInt64(value.Rank);
        writer.WriteUInt64(8);
        writer.WriteUInt128(value.PricePerSecond.Units);
        writer.WriteUInt64(9);
        writer.WriteUInt128(value.PriceCap.Units);
        writer.WriteUInt64(10);
        writer.WriteInt64(value.GrantedAt.Micros);
        writer.WriteUInt64(11);
        writer.WriteInt64(value.ExpiresAt.Micros);
        if (value.ResumeFrom is { } f12)
        {
            writer.WriteUInt64(12);
            Write(writer, f12);
        }
    }

    public static global::Stun.Protocol.Lease ReadLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Lease.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Lease.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Lease.Offer");
        var f3 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 4, "Lease.Provider");
        var f4 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "Lease.Generation");
        var f5 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 6, "Lease.Replica");
        var f6 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 7, "Lease.Rank");
        var f7 = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 8, "Lease.PricePerSecond");
        var f8 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 9, "Lease.PriceCap");
        var f9 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 10, "Lease.GrantedAt");
        var f10 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 11, "Lease.ExpiresAt");
        var f11 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        global::Stun.Protocol.Checkpoint? f12 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 12)) f12 = ReadCheckpoint(ref reader);
        WireForm.RequireDone(in reader, left, "Lease");
        return new global::Stun.Protocol.Lease(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.LeaseRefusal value)
    {
        var number = unchecked((ulong)value);
        if (number > 5) throw WireForm.NotDefined("LeaseRefusal", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.LeaseRefusal ReadLeaseRefusal(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 5);
        return (global::Stun.Protocol.LeaseRefusal)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Message value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.Message.SubmitTask it:
                writer.WriteUInt64(1);
                WriteMessageSubmitTask(writer, it);
                break;
            case global::Stun.Protocol.Message.CancelTask it:
                writer.WriteUInt64(2);
                WriteMessageCancelTask(writer, it);
                break;
            case global::Stun.Protocol.Message.TaskAccepted it:
                writer.WriteUInt64(3);
                WriteMessageTaskAccepted(writer, it);
                break;
            case global::Stun.Protocol.Message.TaskRefused it:
                writer.WriteUInt64(4);
                WriteMessageTaskRefused(writer, it);
                break;
            case global::Stun.Protocol.Message.ResultReady it:
                writer.WriteUInt64(5);
                WriteMessageResultReady(writer, it);
                break;
            case global::Stun.Protocol.Message.TaskEnded it:
                writer.WriteUInt64(6);
                WriteMessageTaskEnded(writer, it);
                break;
            case global::Stun.Protocol.Message.EndNoted it:
                writer.WriteUInt64(7);
                WriteMessageEndNoted(writer, it);
                break;
            case global::Stun.Protocol.Message.PostOffer it:
                writer.WriteUInt64(10);
                WriteMessagePostOffer(writer, it);
                break;
            case global::Stun.Protocol.Message.WithdrawOffer it:
                writer.WriteUInt64(11);
                WriteMessageWithdrawOffer(writer, it);
                break;
            case global::Stun.Protocol.Message.Heartbeat it:
                writer.WriteUInt64(12);
                WriteMessageHeartbeat(writer, it);
                break;
            case global::Stun.Protocol.Message.AcceptLease it:
                writer.WriteUInt64(13);
                WriteMessageAcceptLease(writer, it);
                break;
            case global::Stun.Protocol.Message.RefuseLease it:
                writer.WriteUInt64(14);
                WriteMessageRefuseLease(writer, it);
                break;
            case global::Stun.Protocol.Message.RenewLease it:
                writer.WriteUInt64(15);
                WriteMessageRenewLease(writer, it);
                break;
            case global::Stun.Protocol.Message.CommitResult it:
                writer.WriteUInt64(16);
                WriteMessageCommitResult(writer, it);
                break;
            case global::Stun.Protocol.Message.RevealResult it:
                writer.WriteUInt64(17);
                WriteMessageRevealResult(writer, it);
                break;
            case global::Stun.Protocol.Message.FailAttempt it:
                writer.WriteUInt64(18);
                WriteMessageFailAttempt(writer, it);
                break;
            case global::Stun.Protocol.Message.GrantLease it:
                writer.WriteUInt64(30);
                WriteMessageGrantLease(writer, it);
                break;
            case global::Stun.Protocol.Message.ExtendLease it:
                writer.WriteUInt64(31);
                WriteMessageExtendLease(writer, it);
                break;
            case global::Stun.Protocol.Message.AskReveal it:
                writer.WriteUInt64(32);
                WriteMessageAskReveal(writer, it);
                break;
            case global::Stun.Protocol.Message.CloseLease it:
                writer.WriteUInt64(33);
                WriteMessageCloseLease(writer, it);
                break;
            case global::Stun.Protocol.Message.OfferNoted it:
                writer.WriteUInt64(34);
                WriteMessageOfferNoted(writer, it);
                break;
            case global::Stun.Protocol.Message.SuggestPrice it:
                writer.WriteUInt64(35);
                WriteMessageSuggestPrice(writer, it);
                break;
            case global::Stun.Protocol.Message.JudgeTask it:
                writer.WriteUInt64(40);
                WriteMessageJudgeTask(writer, it);
                break;
            case global::Stun.Protocol.Message.CastVote it:
                writer.WriteUInt64(41);
                WriteMessageCastVote(writer, it);
                break;
            case global::Stun.Protocol.Message.EscrowLogged it:
                writer.WriteUInt64(50);
                WriteMessageEscrowLogged(writer, it);
                break;
            case global::Stun.Protocol.Message.CallEscrow it:
                writer.WriteUInt64(51);
                WriteMessageCallEscrow(writer, it);
                break;
            case global::Stun.Protocol.Message.FollowEscrow it:
                writer.WriteUInt64(52);
                WriteMessageFollowEscrow(writer, it);
                break;
            case global::Stun.Protocol.Message.EscrowAnswered it:
                writer.WriteUInt64(53);
                WriteMessageEscrowAnswered(writer, it);
                break;
            case global::Stun.Protocol.Message.ChainLogged it:
                writer.WriteUInt64(54);
                WriteMessageChainLogged(writer, it);
                break;
            case global::Stun.Protocol.Message.Answered it:
                writer.WriteUInt64(60);
                WriteMessageAnswered(writer, it);
                break;
            default:
                throw new WireException("Message: a case without a number.");
        }
    }

    public static global::Stun.Protocol.Message ReadMessage(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "Message") switch
        {
            1 => ReadMessageSubmitTask(ref reader),
            2 => ReadMessageCancelTask(ref reader),
            3 => ReadMessageTaskAccepted(ref reader),
            4 => ReadMessageTaskRefused(ref reader),
            5 => ReadMessageResultReady(ref reader),
            6 => ReadMessageTaskEnded(ref reader),
            7 => ReadMessageEndNoted(ref reader),
            10 => ReadMessagePostOffer(ref reader),
            11 => ReadMessageWithdrawOffer(ref reader),
            12 => ReadMessageHeartbeat(ref reader),
            13 => ReadMessageAcceptLease(ref reader),
            14 => ReadMessageRefuseLease(ref reader),
            15 => ReadMessageRenewLease(ref reader),
            16 => ReadMessageCommitResult(ref reader),
            17 => ReadMessageRevealResult(ref reader),
            18 => ReadMessageFailAttempt(ref reader),
            30 => ReadMessageGrantLease(ref reader),
            31 => ReadMessageExtendLease(ref reader),
            32 => ReadMessageAskReveal(ref reader),
            33 => ReadMessageCloseLease(ref reader),
            34 => ReadMessageOfferNoted(ref reader),
            35 => ReadMessageSuggestPrice(ref reader),
            40 => ReadMessageJudgeTask(ref reader),
            41 => ReadMessageCastVote(ref reader),
            50 => ReadMessageEscrowLogged(ref reader),
            51 => ReadMessageCallEscrow(ref reader),
            52 => ReadMessageFollowEscrow(ref reader),
            53 => ReadMessageEscrowAnswered(ref reader),
            54 => ReadMessageChainLogged(ref reader),
            60 => ReadMessageAnswered(ref reader),
            var number => throw new WireException($"Message: case {number} is not known."),
        };

    private static void WriteMessageSubmitTask(CborWriter writer, global::Stun.Protocol.Message.SubmitTask value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Order);
    }

    private static global::Stun.Protocol.Message.SubmitTask ReadMessageSubmitTask(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.SubmitTask.Order");
        var f1 = ReadSignedOrder(ref reader);
        WireForm.RequireDone(in reader, left, "Message.SubmitTask");
        return new global::Stun.Protocol.Message.SubmitTask(f1);
    }

    private static void WriteMessageCancelTask(CborWriter writer, global::Stun.Protocol.Message.CancelTask value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Signature);
    }

    private static global::Stun.Protocol.Message.CancelTask ReadMessageCancelTask(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.CancelTask.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Message.CancelTask.Signature");
        var f2 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "Message.CancelTask");
        return new global::Stun.Protocol.Message.CancelTask(f1, f2);
    }

    private static void WriteMessageTaskAccepted(CborWriter writer, global::Stun.Protocol.Message.TaskAccepted value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Protocol.Message.TaskAccepted ReadMessageTaskAccepted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.TaskAccepted.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "Message.TaskAccepted");
        return new global::Stun.Protocol.Message.TaskAccepted(f1);
    }

    private static void WriteMessageTaskRefused(CborWriter writer, global::Stun.Protocol.Message.TaskRefused value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        Write(writer, value.Reason);
    }

    private static global::Stun.Protocol.Message.TaskRefused ReadMessageTaskRefused(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.TaskRefused.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Message.TaskRefused.Reason");
        var f2 = ReadRefusal(ref reader);
        WireForm.RequireDone(in reader, left, "Message.TaskRefused");
        return new global::Stun.Protocol.Message.TaskRefused(f1, f2);
    }

    private static void WriteMessageResultReady(CborWriter writer, global::Stun.Protocol.Message.ResultReady value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Result);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.CheatPassPpb);
    }

    private static global::Stun.Protocol.Message.ResultReady ReadMessageResultReady(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.ResultReady.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Message.ResultReady.Result");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Message.ResultReady.CheatPassPpb");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Message.ResultReady");
        return new global::Stun.Protocol.Message.ResultReady(f1, f2, f3);
    }

    private static void WriteMessageTaskEnded(CborWriter writer, global::Stun.Protocol.Message.TaskEnded value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        Write(writer, value.State);
        writer.WriteUInt64(3);
        Write(writer, value.Reason);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Result);
    }

    private static global::Stun.Protocol.Message.TaskEnded ReadMessageTaskEnded(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.TaskEnded.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Message.TaskEnded.State");
        var f2 = ReadFinalState(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Message.TaskEnded.Reason");
        var f3 = ReadEndReason(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Message.TaskEnded.Result");
        var f4 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Message.TaskEnded");
        return new global::Stun.Protocol.Message.TaskEnded(f1, f2, f3, f4);
    }

    private static void WriteMessageEndNoted(CborWriter writer, global::Stun.Protocol.Message.EndNoted value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
    }

    private static global::Stun.Protocol.Message.EndNoted ReadMessageEndNoted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.EndNoted.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.RequireDone(in reader, left, "Message.EndNoted");
        return new global::Stun.Protocol.Message.EndNoted(f1);
    }

    private static void WriteMessagePostOffer(CborWriter writer, global::Stun.Protocol.Message.PostOffer value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Offer);
    }

    private static global::Stun.Protocol.Message.PostOffer ReadMessagePostOffer(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.PostOffer.Offer");
        var f1 = ReadOffer(ref reader);
        WireForm.RequireDone(in reader, left, "Message.PostOffer");
        return new global::Stun.Protocol.Message.PostOffer(f1);
    }

    private static void WriteMessageWithdrawOffer(CborWriter writer, global::Stun.Protocol.Message.WithdrawOffer value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Version);
    }

    private static global::Stun.Protocol.Message.WithdrawOffer ReadMessageWithdrawOffer(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.WithdrawOffer.Offer");
        var f1 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.WithdrawOffer.Version");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Message.WithdrawOffer");
        return new global::Stun.Protocol.Message.WithdrawOffer(f1, f2);
    }

    private static void WriteMessageHeartbeat(CborWriter writer, global::Stun.Protocol.Message.Heartbeat value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Version);
    }

    private static global::Stun.Protocol.Message.Heartbeat ReadMessageHeartbeat(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.Heartbeat.Offer");
        var f1 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.Heartbeat.Version");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Message.Heartbeat");
        return new global::Stun.Protocol.Message.Heartbeat(f1, f2);
    }

    private static void WriteMessageAcceptLease(CborWriter writer, global::Stun.Protocol.Message.AcceptLease value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
    }

    private static global::Stun.Protocol.Message.AcceptLease ReadMessageAcceptLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.AcceptLease.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "Message.AcceptLease");
        return new global::Stun.Protocol.Message.AcceptLease(f1);
    }

    private static void WriteMessageRefuseLease(CborWriter writer, global::Stun.Protocol.Message.RefuseLease value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        Write(writer, value.Reason);
        writer.WriteUInt64(3);
        WireForm.WriteText(writer, value.Detail, 256, "Message.RefuseLease.Detail");
    }

    private static global::Stun.Protocol.Message.RefuseLease ReadMessageRefuseLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.RefuseLease.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.RefuseLease.Reason");
        var f2 = ReadLeaseRefusal(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Message.RefuseLease.Detail");
        var f3 = WireForm.ReadText(ref reader, 256, "Message.RefuseLease.Detail");
        WireForm.RequireDone(in reader, left, "Message.RefuseLease");
        return new global::Stun.Protocol.Message.RefuseLease(f1, f2, f3);
    }

    private static void WriteMessageRenewLease(CborWriter writer, global::Stun.Protocol.Message.RenewLease value)
    {
        writer.WriteMapStart(1 + (value.Checkpoint is null ? 0 : 1));
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        if (value.Checkpoint is { } f2)
        {
            writer.WriteUInt64(2);
            Write(writer, f2);
        }
    }

    private static global::Stun.Protocol.Message.RenewLease ReadMessageRenewLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.RenewLease.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        global::Stun.Protocol.Checkpoint? f2 = null;
        if (WireForm.TryReadKey(ref reader, ref left, 2)) f2 = ReadCheckpoint(ref reader);
        WireForm.RequireDone(in reader, left, "Message.RenewLease");
        return new global::Stun.Protocol.Message.RenewLease(f1, f2);
    }

    private static void WriteMessageCommitResult(CborWriter writer, global::Stun.Protocol.Message.CommitResult value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Commitment);
    }

    private static global::Stun.Protocol.Message.CommitResult ReadMessageCommitResult(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.CommitResult.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.CommitResult.Commitment");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Message.CommitResult");
        return new global::Stun.Protocol.Message.CommitResult(f1, f2);
    }

    private static void WriteMessageRevealResult(CborWriter writer, global::Stun.Protocol.Message.RevealResult value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        Write(writer, value.Receipt);
    }

    private static global::Stun.Protocol.Message.RevealResult ReadMessageRevealResult(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.RevealResult.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.RevealResult.Receipt");
        var f2 = ReadSignedReceipt(ref reader);
        WireForm.RequireDone(in reader, left, "Message.RevealResult");
        return new global::Stun.Protocol.Message.RevealResult(f1, f2);
    }

    private static void WriteMessageFailAttempt(CborWriter writer, global::Stun.Protocol.Message.FailAttempt value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        Write(writer, value.Reason);
        writer.WriteUInt64(3);
        WireForm.WriteText(writer, value.Detail, 256, "Message.FailAttempt.Detail");
    }

    private static global::Stun.Protocol.Message.FailAttempt ReadMessageFailAttempt(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.FailAttempt.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.FailAttempt.Reason");
        var f2 = ReadRunFailure(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Message.FailAttempt.Detail");
        var f3 = WireForm.ReadText(ref reader, 256, "Message.FailAttempt.Detail");
        WireForm.RequireDone(in reader, left, "Message.FailAttempt");
        return new global::Stun.Protocol.Message.FailAttempt(f1, f2, f3);
    }

    private static void WriteMessageGrantLease(CborWriter writer, global::Stun.Protocol.Message.GrantLease value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Lease);
        writer.WriteUInt64(2);
        Write(writer, value.Order);
    }

    private static global::Stun.Protocol.Message.GrantLease ReadMessageGrantLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.GrantLease.Lease");
        var f1 = ReadLease(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Message.GrantLease.Order");
        var f2 = ReadSignedOrder(ref reader);
        WireForm.RequireDone(in reader, left, "Message.GrantLease");
        return new global::Stun.Protocol.Message.GrantLease(f1, f2);
    }

    private static void WriteMessageExtendLease(CborWriter writer, global::Stun.Protocol.Message.ExtendLease value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.ExpiresAt.Micros);
    }

    private static global::Stun.Protocol.Message.ExtendLease ReadMessageExtendLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.ExtendLease.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.ExtendLease.ExpiresAt");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "Message.ExtendLease");
        return new global::Stun.Protocol.Message.ExtendLease(f1, f2);
    }

    private static void WriteMessageAskReveal(CborWriter writer, global::Stun.Protocol.Message.AskReveal value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
    }

    private static global::Stun.Protocol.Message.AskReveal ReadMessageAskReveal(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.AskReveal.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "Message.AskReveal");
        return new global::Stun.Protocol.Message.AskReveal(f1);
    }

    private static void WriteMessageCloseLease(CborWriter writer, global::Stun.Protocol.Message.CloseLease value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        Write(writer, value.End);
    }

    private static global::Stun.Protocol.Message.CloseLease ReadMessageCloseLease(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.CloseLease.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.CloseLease.End");
        var f2 = ReadAttemptEnd(ref reader);
        WireForm.RequireDone(in reader, left, "Message.CloseLease");
        return new global::Stun.Protocol.Message.CloseLease(f1, f2);
    }

    private static void WriteMessageOfferNoted(CborWriter writer, global::Stun.Protocol.Message.OfferNoted value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Version);
    }

    private static global::Stun.Protocol.Message.OfferNoted ReadMessageOfferNoted(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.OfferNoted.Offer");
        var f1 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.OfferNoted.Version");
        var f2 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Message.OfferNoted");
        return new global::Stun.Protocol.Message.OfferNoted(f1, f2);
    }

    private static void WriteMessageSuggestPrice(CborWriter writer, global::Stun.Protocol.Message.SuggestPrice value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.PricePerSecond.Units);
    }

    private static global::Stun.Protocol.Message.SuggestPrice ReadMessageSuggestPrice(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.SuggestPrice.Offer");
        var f1 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Message.SuggestPrice.PricePerSecond");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "Message.SuggestPrice");
        return new global::Stun.Protocol.Message.SuggestPrice(f1, f2);
    }

    private static void WriteMessageJudgeTask(CborWriter writer, global::Stun.Protocol.Message.JudgeTask value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Evidence);
    }

    private static global::Stun.Protocol.Message.JudgeTask ReadMessageJudgeTask(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.JudgeTask.Evidence");
        var f1 = ReadEvidence(ref reader);
        WireForm.RequireDone(in reader, left, "Message.JudgeTask");
        return new global::Stun.Protocol.Message.JudgeTask(f1);
    }

    private static void WriteMessageCastVote(CborWriter writer, global::Stun.Protocol.Message.CastVote value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        Write(writer, value.Vote);
    }

    private static global::Stun.Protocol.Message.CastVote ReadMessageCastVote(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.CastVote.Vote");
        var f1 = ReadVote(ref reader);
        WireForm.RequireDone(in reader, left, "Message.CastVote");
        return new global::Stun.Protocol.Message.CastVote(f1);
    }

    private static void WriteMessageEscrowLogged(CborWriter writer, global::Stun.Protocol.Message.EscrowLogged value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Index);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(3);
        Write(writer, value.Event);
    }

    private static global::Stun.Protocol.Message.EscrowLogged ReadMessageEscrowLogged(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.EscrowLogged.Index");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "Message.EscrowLogged.At");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "Message.EscrowLogged.Event");
        var f3 = ReadEscrowEvent(ref reader);
        WireForm.RequireDone(in reader, left, "Message.EscrowLogged");
        return new global::Stun.Protocol.Message.EscrowLogged(f1, f2, f3);
    }

    private static void WriteMessageCallEscrow(CborWriter writer, global::Stun.Protocol.Message.CallEscrow value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Call);
        writer.WriteUInt64(2);
        Write(writer, value.EscrowCall);
    }

    private static global::Stun.Protocol.Message.CallEscrow ReadMessageCallEscrow(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.CallEscrow.Call");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "Message.CallEscrow.EscrowCall");
        var f2 = ReadEscrowCall(ref reader);
        WireForm.RequireDone(in reader, left, "Message.CallEscrow");
        return new global::Stun.Protocol.Message.CallEscrow(f1, f2);
    }

    private static void WriteMessageFollowEscrow(CborWriter writer, global::Stun.Protocol.Message.FollowEscrow value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.From);
    }

    private static global::Stun.Protocol.Message.FollowEscrow ReadMessageFollowEscrow(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.FollowEscrow.From");
        var f1 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "Message.FollowEscrow");
        return new global::Stun.Protocol.Message.FollowEscrow(f1);
    }

    private static void WriteMessageEscrowAnswered(CborWriter writer, global::Stun.Protocol.Message.EscrowAnswered value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Call);
        writer.WriteUInt64(2);
        Write(writer, value.Refusal);
    }

    private static global::Stun.Protocol.Message.EscrowAnswered ReadMessageEscrowAnswered(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.EscrowAnswered.Call");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "Message.EscrowAnswered.Refusal");
        var f2 = ReadEscrowRefusal(ref reader);
        WireForm.RequireDone(in reader, left, "Message.EscrowAnswered");
        return new global::Stun.Protocol.Message.EscrowAnswered(f1, f2);
    }

    private static void WriteMessageChainLogged(CborWriter writer, global::Stun.Protocol.Message.ChainLogged value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Position);
        writer.WriteUInt64(2);
        writer.WriteInt64(value.At.Micros);
        writer.WriteUInt64(3);
        Write(writer, value.Event);
    }

    private static global::Stun.Protocol.Message.ChainLogged ReadMessageChainLogged(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.ChainLogged.Position");
        var f1 = ReadChainPosition(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Message.ChainLogged.At");
        var f2 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "Message.ChainLogged.Event");
        var f3 = ReadChainEvent(ref reader);
        WireForm.RequireDone(in reader, left, "Message.ChainLogged");
        return new global::Stun.Protocol.Message.ChainLogged(f1, f2, f3);
    }

    private static void WriteMessageAnswered(CborWriter writer, global::Stun.Protocol.Message.Answered value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Ask);
        writer.WriteUInt64(2);
        Write(writer, value.Answer);
    }

    private static global::Stun.Protocol.Message.Answered ReadMessageAnswered(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Message.Answered.Ask");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "Message.Answered.Answer");
        var f2 = ReadAnswer(ref reader);
        WireForm.RequireDone(in reader, left, "Message.Answered");
        return new global::Stun.Protocol.Message.Answered(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ModelFormat value)
    {
        var number = unchecked((ulong)value);
        if (number > 4) throw WireForm.NotDefined("ModelFormat", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.ModelFormat ReadModelFormat(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 4);
        return (global::Stun.Protocol.ModelFormat)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ModelManifest value)
    {
        writer.WriteMapStart(6);
        writer.WriteUInt64(1);
        WireForm.WriteText(writer, value.Name, 128, "ModelManifest.Name");
        writer.WriteUInt64(2);
        Write(writer, value.Format);
        writer.WriteUInt64(3);
        Write(writer, value.File);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Creator);
        writer.WriteUInt64(5);
        Write(writer, value.Runner);
        writer.WriteUInt64(6);
        Write(writer, value.Needs);
    }

    public static global::Stun.Protocol.ModelManifest ReadModelManifest(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ModelManifest.Name");
        var f1 = WireForm.ReadText(ref reader, 128, "ModelManifest.Name");
        WireForm.ReadKey(ref reader, ref left, 2, "ModelManifest.Format");
        var f2 = ReadModelFormat(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ModelManifest.File");
        var f3 = ReadBlobRef(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "ModelManifest.Creator");
        var f4 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "ModelManifest.Runner");
        var f5 = ReadModelRunner(ref reader);
        WireForm.ReadKey(ref reader, ref left, 6, "ModelManifest.Needs");
        var f6 = ReadResources(ref reader);
        WireForm.RequireDone(in reader, left, "ModelManifest");
        return new global::Stun.Protocol.ModelManifest(f1, f2, f3, f4, f5, f6);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ModelRunner value)
    {
        writer.WriteMapStart(6);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Image);
        writer.WriteUInt64(2);
        WireForm.WriteText(writer, value.Source, 512, "ModelRunner.Source");
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Run.Count, 128, "ModelRunner.Run");
        foreach (var item2 in value.Run.Span)
        {
            WireForm.WriteText(writer, item2, WireLimits.TextBytesMax, "ModelRunner.Run");
        }
        writer.WriteUInt64(4);
        WireForm.WriteListStart(writer, value.Serve.Count, 128, "ModelRunner.Serve");
        foreach (var item2 in value.Serve.Span)
        {
            WireForm.WriteText(writer, item2, WireLimits.TextBytesMax, "ModelRunner.Serve");
        }
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.Port);
        writer.WriteUInt64(6);
        writer.WriteInt64(value.RunTimeMax.Micros);
    }

    public static global::Stun.Protocol.ModelRunner ReadModelRunner(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ModelRunner.Image");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "ModelRunner.Source");
        var f2 = WireForm.ReadText(ref reader, 512, "ModelRunner.Source");
        WireForm.ReadKey(ref reader, ref left, 3, "ModelRunner.Run");
        var f3 = ReadStringList(ref reader, 128, "ModelRunner.Run");
        WireForm.ReadKey(ref reader, ref left, 4, "ModelRunner.Serve");
        var f4 = ReadStringList(ref reader, 128, "ModelRunner.Serve");
        WireForm.ReadKey(ref reader, ref left, 5, "ModelRunner.Port");
        var f5 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 6, "ModelRunner.RunTimeMax");
        var f6 = new global::Stun.Protocol.Duration(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "ModelRunner");
        return new global::Stun.Protocol.ModelRunner(f1, f2, f3, f4, f5, f6);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Offer value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Id.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        Write(writer, value.Hardware);
        writer.WriteUInt64(4);
        writer.WriteUInt128(value.PricePerSecond.Units);
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.Region.Code);
        writer.WriteUInt64(6);
        WireForm.WriteListStart(writer, value.Attestations.Count, 16, "Offer.Attestations");
        foreach (var item2 in value.Attestations.Span)
        {
            Write(writer, item2);
        }
        writer.WriteUInt64(7);
        writer.WriteUInt128(value.Stake.Units);
        writer.WriteUInt64(8);
        WireForm.Write(writer, value.PolicyDigest);
        writer.WriteUInt64(9);
        writer.WriteUInt64(value.Version);
    }

    public static global::Stun.Protocol.Offer ReadOffer(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Offer.Id");
        var f1 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Offer.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Offer.Hardware");
        var f3 = ReadHardware(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Offer.PricePerSecond");
        var f4 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 5, "Offer.Region");
        var f5 = new global::Stun.Protocol.Region(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 6, "Offer.Attestations");
        var f6 = ReadAttestationList(ref reader, 16, "Offer.Attestations");
        WireForm.ReadKey(ref reader, ref left, 7, "Offer.Stake");
        var f7 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 8, "Offer.PolicyDigest");
        var f8 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 9, "Offer.Version");
        var f9 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Offer");
        return new global::Stun.Protocol.Offer(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Outcome value)
    {
        var number = unchecked((ulong)value);
        if (number > 2) throw WireForm.NotDefined("Outcome", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.Outcome ReadOutcome(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 2);
        return (global::Stun.Protocol.Outcome)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Payout value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        writer.WriteUInt128(value.Amount.Units);
    }

    public static global::Stun.Protocol.Payout ReadPayout(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Payout.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Payout.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Payout.Amount");
        var f3 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "Payout");
        return new global::Stun.Protocol.Payout(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Priority value)
    {
        var number = unchecked((ulong)value);
        if (number > 2) throw WireForm.NotDefined("Priority", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.Priority ReadPriority(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 2);
        return (global::Stun.Protocol.Priority)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Privacy value)
    {
        var number = unchecked((ulong)value);
        if (number > 3) throw WireForm.NotDefined("Privacy", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.Privacy ReadPrivacy(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 3);
        return (global::Stun.Protocol.Privacy)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ProbeFigures value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.MemoryBytesPerSecond);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Sha256BytesPerSecond);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Sha256BytesPerSecondOneCore);
        writer.WriteUInt64(4);
        writer.WriteUInt64(value.FloatOperationsPerSecond);
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.DiskWriteBytesPerSecond);
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.DiskReadBytesPerSecond);
        writer.WriteUInt64(7);
        writer.WriteUInt64(value.DiskRandomReadsPerSecond);
        writer.WriteUInt64(8);
        writer.WriteUInt64(value.GpuMemoryBytesVerified);
        writer.WriteUInt64(9);
        writer.WriteUInt64(value.GpuFillBytesPerSecond);
    }

    public static global::Stun.Protocol.ProbeFigures ReadProbeFigures(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ProbeFigures.MemoryBytesPerSecond");
        var f1 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 2, "ProbeFigures.Sha256BytesPerSecond");
        var f2 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 3, "ProbeFigures.Sha256BytesPerSecondOneCore");
        var f3 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 4, "ProbeFigures.FloatOperationsPerSecond");
        var f4 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 5, "ProbeFigures.DiskWriteBytesPerSecond");
        var f5 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 6, "ProbeFigures.DiskReadBytesPerSecond");
        var f6 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 7, "ProbeFigures.DiskRandomReadsPerSecond");
        var f7 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 8, "ProbeFigures.GpuMemoryBytesVerified");
        var f8 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 9, "ProbeFigures.GpuFillBytesPerSecond");
        var f9 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "ProbeFigures");
        return new global::Stun.Protocol.ProbeFigures(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Receipt value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(4);
        writer.WriteUInt64(value.Offer.Value);
        writer.WriteUInt64(5);
        WireForm.Write(writer, value.Spec);
        writer.WriteUInt64(6);
        WireForm.Write(writer, value.Result);
        writer.WriteUInt64(7);
        WireForm.Write(writer, value.Proof);
        writer.WriteUInt64(8);
        WireForm.Write(writer, value.ResumedFrom);
        writer.WriteUInt64(9);
        writer.WriteInt64(value.RunTime.Micros);
    }

    public static global::Stun.Protocol.Receipt ReadReceipt(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Receipt.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Receipt.Task");
        var f2 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Receipt.Provider");
        var f3 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Receipt.Offer");
        var f4 = new global::Stun.Protocol.OfferId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 5, "Receipt.Spec");
        var f5 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 6, "Receipt.Result");
        var f6 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 7, "Receipt.Proof");
        var f7 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 8, "Receipt.ResumedFrom");
        var f8 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 9, "Receipt.RunTime");
        var f9 = new global::Stun.Protocol.Duration(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "Receipt");
        return new global::Stun.Protocol.Receipt(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Refusal value)
    {
        var number = unchecked((ulong)value);
        if (number > 11) throw WireForm.NotDefined("Refusal", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.Refusal ReadRefusal(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 11);
        return (global::Stun.Protocol.Refusal)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.RequesterPolicy value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.ReputationPpmMin);
        writer.WriteUInt64(2);
        writer.WriteUInt128(value.StakeMin.Units);
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.ProvidersAllowed.Count, 256, "RequesterPolicy.ProvidersAllowed");
        foreach (var item2 in value.ProvidersAllowed.Span)
        {
            WireForm.Write(writer, item2);
        }
        writer.WriteUInt64(4);
        WireForm.WriteListStart(writer, value.ProvidersDenied.Count, 256, "RequesterPolicy.ProvidersDenied");
        foreach (var item2 in value.ProvidersDenied.Span)
        {
            WireForm.Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.RequesterPolicy ReadRequesterPolicy(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "RequesterPolicy.ReputationPpmMin");
        var f1 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "RequesterPolicy.StakeMin");
        var f2 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 3, "RequesterPolicy.ProvidersAllowed");
        var f3 = ReadAddressList(ref reader, 256, "RequesterPolicy.ProvidersAllowed");
        WireForm.ReadKey(ref reader, ref left, 4, "RequesterPolicy.ProvidersDenied");
        var f4 = ReadAddressList(ref reader, 256, "RequesterPolicy.ProvidersDenied");
        WireForm.RequireDone(in reader, left, "RequesterPolicy");
        return new global::Stun.Protocol.RequesterPolicy(f1, f2, f3, f4);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Resources value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.GpuCount);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.GpuModel.Code);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.GpuMemoryMiB);
        writer.WriteUInt64(4);
        writer.WriteUInt64(value.ComputeCapability);
        writer.WriteUInt64(5);
        writer.WriteUInt64(value.CpuMillis);
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.MemoryMiB);
        writer.WriteUInt64(7);
        writer.WriteUInt64(value.DiskMiB);
        writer.WriteUInt64(8);
        WireForm.WriteListStart(writer, value.Regions.Count, 32, "Resources.Regions");
        foreach (var item2 in value.Regions.Span)
        {
            writer.WriteUInt64(item2.Code);
        }
        writer.WriteUInt64(9);
        writer.WriteUInt64(value.Nodes);
    }

    public static global::Stun.Protocol.Resources ReadResources(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Resources.GpuCount");
        var f1 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "Resources.GpuModel");
        var f2 = new global::Stun.Protocol.GpuModel(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 3, "Resources.GpuMemoryMiB");
        var f3 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 4, "Resources.ComputeCapability");
        var f4 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 5, "Resources.CpuMillis");
        var f5 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 6, "Resources.MemoryMiB");
        var f6 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 7, "Resources.DiskMiB");
        var f7 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 8, "Resources.Regions");
        var f8 = ReadRegionList(ref reader, 32, "Resources.Regions");
        WireForm.ReadKey(ref reader, ref left, 9, "Resources.Nodes");
        var f9 = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
        WireForm.RequireDone(in reader, left, "Resources");
        return new global::Stun.Protocol.Resources(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ResultFile value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.WriteText(writer, value.Name, 1024, "ResultFile.Name");
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Digest);
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Size);
    }

    public static global::Stun.Protocol.ResultFile ReadResultFile(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ResultFile.Name");
        var f1 = WireForm.ReadText(ref reader, 1024, "ResultFile.Name");
        WireForm.ReadKey(ref reader, ref left, 2, "ResultFile.Digest");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "ResultFile.Size");
        var f3 = reader.ReadUInt64();
        WireForm.RequireDone(in reader, left, "ResultFile");
        return new global::Stun.Protocol.ResultFile(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.ResultManifest value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.WriteListStart(writer, value.Files.Count, 4096, "ResultManifest.Files");
        foreach (var item2 in value.Files.Span)
        {
            Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.ResultManifest ReadResultManifest(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "ResultManifest.Files");
        var f1 = ReadResultFileList(ref reader, 4096, "ResultManifest.Files");
        WireForm.RequireDone(in reader, left, "ResultManifest");
        return new global::Stun.Protocol.ResultManifest(f1);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.RunFailure value)
    {
        var number = unchecked((ulong)value);
        if (number > 9) throw WireForm.NotDefined("RunFailure", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.RunFailure ReadRunFailure(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 9);
        return (global::Stun.Protocol.RunFailure)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.RunOutcome value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.RunOutcome.Done it:
                writer.WriteUInt64(1);
                WriteRunOutcomeDone(writer, it);
                break;
            case global::Stun.Protocol.RunOutcome.Failed it:
                writer.WriteUInt64(2);
                WriteRunOutcomeFailed(writer, it);
                break;
            default:
                throw new WireException("RunOutcome: a case without a number.");
        }
    }

    public static global::Stun.Protocol.RunOutcome ReadRunOutcome(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "RunOutcome") switch
        {
            1 => ReadRunOutcomeDone(ref reader),
            2 => ReadRunOutcomeFailed(ref reader),
            var number => throw new WireException($"RunOutcome: case {number} is not known."),
        };

    private static void WriteRunOutcomeDone(CborWriter writer, global::Stun.Protocol.RunOutcome.Done value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Result);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Proof);
        writer.WriteUInt64(3);
        writer.WriteInt64(value.RunTime.Micros);
    }

    private static global::Stun.Protocol.RunOutcome.Done ReadRunOutcomeDone(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "RunOutcome.Done.Result");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "RunOutcome.Done.Proof");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "RunOutcome.Done.RunTime");
        var f3 = new global::Stun.Protocol.Duration(reader.ReadInt64());
        WireForm.RequireDone(in reader, left, "RunOutcome.Done");
        return new global::Stun.Protocol.RunOutcome.Done(f1, f2, f3);
    }

    private static void WriteRunOutcomeFailed(CborWriter writer, global::Stun.Protocol.RunOutcome.Failed value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Reason);
        writer.WriteUInt64(2);
        WireForm.WriteText(writer, value.Detail, 256, "RunOutcome.Failed.Detail");
    }

    private static global::Stun.Protocol.RunOutcome.Failed ReadRunOutcomeFailed(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "RunOutcome.Failed.Reason");
        var f1 = ReadRunFailure(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "RunOutcome.Failed.Detail");
        var f2 = WireForm.ReadText(ref reader, 256, "RunOutcome.Failed.Detail");
        WireForm.RequireDone(in reader, left, "RunOutcome.Failed");
        return new global::Stun.Protocol.RunOutcome.Failed(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Settlement value)
    {
        writer.WriteMapStart(10);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        Write(writer, value.Outcome);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Requester);
        writer.WriteUInt64(4);
        writer.WriteUInt128(value.Held.Units);
        writer.WriteUInt64(5);
        writer.WriteUInt128(value.Refund.Units);
        writer.WriteUInt64(6);
        writer.WriteUInt128(value.Treasury.Units);
        writer.WriteUInt64(7);
        WireForm.Write(writer, value.ModelCreator);
        writer.WriteUInt64(8);
        writer.WriteUInt128(value.Creator.Units);
        writer.WriteUInt64(9);
        WireForm.WriteListStart(writer, value.Payouts.Count, 64, "Settlement.Payouts");
        foreach (var item2 in value.Payouts.Span)
        {
            Write(writer, item2);
        }
        writer.WriteUInt64(10);
        WireForm.WriteListStart(writer, value.Slashings.Count, 64, "Settlement.Slashings");
        foreach (var item2 in value.Slashings.Span)
        {
            Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.Settlement ReadSettlement(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Settlement.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Settlement.Outcome");
        var f2 = ReadOutcome(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Settlement.Requester");
        var f3 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Settlement.Held");
        var f4 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 5, "Settlement.Refund");
        var f5 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 6, "Settlement.Treasury");
        var f6 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 7, "Settlement.ModelCreator");
        var f7 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 8, "Settlement.Creator");
        var f8 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 9, "Settlement.Payouts");
        var f9 = ReadPayoutList(ref reader, 64, "Settlement.Payouts");
        WireForm.ReadKey(ref reader, ref left, 10, "Settlement.Slashings");
        var f10 = ReadSlashingList(ref reader, 64, "Settlement.Slashings");
        WireForm.RequireDone(in reader, left, "Settlement");
        return new global::Stun.Protocol.Settlement(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.SignedBatch value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Batch);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Signatures.Count, 128, "SignedBatch.Signatures");
        foreach (var item2 in value.Signatures.Span)
        {
            Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.SignedBatch ReadSignedBatch(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SignedBatch.Batch");
        var f1 = ReadChainBatch(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SignedBatch.Signatures");
        var f2 = ReadVoteSignatureList(ref reader, 128, "SignedBatch.Signatures");
        WireForm.RequireDone(in reader, left, "SignedBatch");
        return new global::Stun.Protocol.SignedBatch(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.SignedCapabilityRecord value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Record);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Signature);
    }

    public static global::Stun.Protocol.SignedCapabilityRecord ReadSignedCapabilityRecord(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SignedCapabilityRecord.Record");
        var f1 = ReadCapabilityRecord(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SignedCapabilityRecord.Signature");
        var f2 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "SignedCapabilityRecord");
        return new global::Stun.Protocol.SignedCapabilityRecord(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.SignedOrder value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Order);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Signature);
    }

    public static global::Stun.Protocol.SignedOrder ReadSignedOrder(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SignedOrder.Order");
        var f1 = ReadTaskOrder(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SignedOrder.Signature");
        var f2 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "SignedOrder");
        return new global::Stun.Protocol.SignedOrder(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.SignedReceipt value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Receipt);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Salt);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Signature);
    }

    public static global::Stun.Protocol.SignedReceipt ReadSignedReceipt(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SignedReceipt.Receipt");
        var f1 = ReadReceipt(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SignedReceipt.Salt");
        var f2 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "SignedReceipt.Signature");
        var f3 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "SignedReceipt");
        return new global::Stun.Protocol.SignedReceipt(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.SignedVerdict value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        Write(writer, value.Verdict);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Signatures.Count, 128, "SignedVerdict.Signatures");
        foreach (var item2 in value.Signatures.Span)
        {
            Write(writer, item2);
        }
    }

    public static global::Stun.Protocol.SignedVerdict ReadSignedVerdict(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "SignedVerdict.Verdict");
        var f1 = ReadVerdict(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "SignedVerdict.Signatures");
        var f2 = ReadVoteSignatureList(ref reader, 128, "SignedVerdict.Signatures");
        WireForm.RequireDone(in reader, left, "SignedVerdict");
        return new global::Stun.Protocol.SignedVerdict(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Slashing value)
    {
        writer.WriteMapStart(4);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Attempt.Value);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Provider);
        writer.WriteUInt64(3);
        writer.WriteUInt128(value.ToRequester.Units);
        writer.WriteUInt64(4);
        writer.WriteUInt128(value.ToTreasury.Units);
    }

    public static global::Stun.Protocol.Slashing ReadSlashing(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Slashing.Attempt");
        var f1 = new global::Stun.Protocol.AttemptId(reader.ReadUInt64());
        WireForm.ReadKey(ref reader, ref left, 2, "Slashing.Provider");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Slashing.ToRequester");
        var f3 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 4, "Slashing.ToTreasury");
        var f4 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.RequireDone(in reader, left, "Slashing");
        return new global::Stun.Protocol.Slashing(f1, f2, f3, f4);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.TaskOrder value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Requester);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.IdempotencyKey);
        writer.WriteUInt64(3);
        Write(writer, value.Spec);
        writer.WriteUInt64(4);
        writer.WriteInt64(value.RunTimeMax.Micros);
        writer.WriteUInt64(5);
        writer.WriteUInt128(value.PriceLimit.Units);
        writer.WriteUInt64(6);
        writer.WriteInt64(value.Deadline.Micros);
        writer.WriteUInt64(7);
        Write(writer, value.Priority);
        writer.WriteUInt64(8);
        WireForm.Write(writer, value.ModelCreator);
        writer.WriteUInt64(9);
        writer.WriteUInt64(value.Home.Code);
    }

    public static global::Stun.Protocol.TaskOrder ReadTaskOrder(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "TaskOrder.Requester");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "TaskOrder.IdempotencyKey");
        var f2 = reader.ReadUInt64();
        WireForm.ReadKey(ref reader, ref left, 3, "TaskOrder.Spec");
        var f3 = ReadTaskSpec(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "TaskOrder.RunTimeMax");
        var f4 = new global::Stun.Protocol.Duration(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 5, "TaskOrder.PriceLimit");
        var f5 = new global::Stun.Protocol.Amount(reader.ReadUInt128());
        WireForm.ReadKey(ref reader, ref left, 6, "TaskOrder.Deadline");
        var f6 = new global::Stun.Protocol.Instant(reader.ReadInt64());
        WireForm.ReadKey(ref reader, ref left, 7, "TaskOrder.Priority");
        var f7 = ReadPriority(ref reader);
        WireForm.ReadKey(ref reader, ref left, 8, "TaskOrder.ModelCreator");
        var f8 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 9, "TaskOrder.Home");
        var f9 = new global::Stun.Protocol.Region(reader.ReadUInt64());
        WireForm.RequireDone(in reader, left, "TaskOrder");
        return new global::Stun.Protocol.TaskOrder(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.TaskSpec value)
    {
        writer.WriteMapStart(9);
        writer.WriteUInt64(1);
        Write(writer, value.Work);
        writer.WriteUInt64(2);
        WireForm.WriteListStart(writer, value.Command.Count, 256, "TaskSpec.Command");
        foreach (var item2 in value.Command.Span)
        {
            WireForm.WriteText(writer, item2, WireLimits.TextBytesMax, "TaskSpec.Command");
        }
        writer.WriteUInt64(3);
        WireForm.WriteListStart(writer, value.Inputs.Count, 256, "TaskSpec.Inputs");
        foreach (var item2 in value.Inputs.Span)
        {
            Write(writer, item2);
        }
        writer.WriteUInt64(4);
        WireForm.WriteListStart(writer, value.Outputs.Count, 64, "TaskSpec.Outputs");
        foreach (var item2 in value.Outputs.Span)
        {
            WireForm.WriteText(writer, item2, WireLimits.TextBytesMax, "TaskSpec.Outputs");
        }
        writer.WriteUInt64(5);
        Write(writer, value.Resources);
        writer.WriteUInt64(6);
        Write(writer, value.Privacy);
        writer.WriteUInt64(7);
        Write(writer, value.Verification);
        writer.WriteUInt64(8);
        Write(writer, value.Comparator);
        writer.WriteUInt64(9);
        Write(writer, value.Policy);
    }

    public static global::Stun.Protocol.TaskSpec ReadTaskSpec(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "TaskSpec.Work");
        var f1 = ReadWork(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "TaskSpec.Command");
        var f2 = ReadStringList(ref reader, 256, "TaskSpec.Command");
        WireForm.ReadKey(ref reader, ref left, 3, "TaskSpec.Inputs");
        var f3 = ReadBlobRefList(ref reader, 256, "TaskSpec.Inputs");
        WireForm.ReadKey(ref reader, ref left, 4, "TaskSpec.Outputs");
        var f4 = ReadStringList(ref reader, 64, "TaskSpec.Outputs");
        WireForm.ReadKey(ref reader, ref left, 5, "TaskSpec.Resources");
        var f5 = ReadResources(ref reader);
        WireForm.ReadKey(ref reader, ref left, 6, "TaskSpec.Privacy");
        var f6 = ReadPrivacy(ref reader);
        WireForm.ReadKey(ref reader, ref left, 7, "TaskSpec.Verification");
        var f7 = ReadVerificationPolicy(ref reader);
        WireForm.ReadKey(ref reader, ref left, 8, "TaskSpec.Comparator");
        var f8 = ReadComparator(ref reader);
        WireForm.ReadKey(ref reader, ref left, 9, "TaskSpec.Policy");
        var f9 = ReadRequesterPolicy(ref reader);
        WireForm.RequireDone(in reader, left, "TaskSpec");
        return new global::Stun.Protocol.TaskSpec(f1, f2, f3, f4, f5, f6, f7, f8, f9);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.TeeKind value)
    {
        var number = unchecked((ulong)value);
        if (number > 4) throw WireForm.NotDefined("TeeKind", (long)value);
        writer.WriteUInt64(number);
    }

    public static global::Stun.Protocol.TeeKind ReadTeeKind(ref CborReader reader)
    {
        var number = WireForm.ReadUnsigned(ref reader, 4);
        return (global::Stun.Protocol.TeeKind)number;
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Verdict value)
    {
        writer.WriteMapStart(6);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Task);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Round);
        writer.WriteUInt64(3);
        Write(writer, value.Outcome);
        writer.WriteUInt64(4);
        WireForm.Write(writer, value.Result);
        writer.WriteUInt64(5);
        WireForm.WriteListStart(writer, value.Findings.Count, 64, "Verdict.Findings");
        foreach (var item2 in value.Findings.Span)
        {
            Write(writer, item2);
        }
        writer.WriteUInt64(6);
        writer.WriteUInt64(value.CheatPassPpb);
    }

    public static global::Stun.Protocol.Verdict ReadVerdict(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Verdict.Task");
        var f1 = WireForm.ReadTaskId(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Verdict.Round");
        var f2 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 3, "Verdict.Outcome");
        var f3 = ReadOutcome(ref reader);
        WireForm.ReadKey(ref reader, ref left, 4, "Verdict.Result");
        var f4 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 5, "Verdict.Findings");
        var f5 = ReadFindingList(ref reader, 64, "Verdict.Findings");
        WireForm.ReadKey(ref reader, ref left, 6, "Verdict.CheatPassPpb");
        var f6 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "Verdict");
        return new global::Stun.Protocol.Verdict(f1, f2, f3, f4, f5, f6);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.VerificationPolicy value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.VerificationPolicy.None it:
                writer.WriteUInt64(1);
                WriteVerificationPolicyNone(writer, it);
                break;
            case global::Stun.Protocol.VerificationPolicy.SampledAudit it:
                writer.WriteUInt64(2);
                WriteVerificationPolicySampledAudit(writer, it);
                break;
            case global::Stun.Protocol.VerificationPolicy.Redundant it:
                writer.WriteUInt64(3);
                WriteVerificationPolicyRedundant(writer, it);
                break;
            case global::Stun.Protocol.VerificationPolicy.ZkProof it:
                writer.WriteUInt64(4);
                WriteVerificationPolicyZkProof(writer, it);
                break;
            case global::Stun.Protocol.VerificationPolicy.TeeQuote it:
                writer.WriteUInt64(5);
                WriteVerificationPolicyTeeQuote(writer, it);
                break;
            default:
                throw new WireException("VerificationPolicy: a case without a number.");
        }
    }

    public static global::Stun.Protocol.VerificationPolicy ReadVerificationPolicy(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "VerificationPolicy") switch
        {
            1 => ReadVerificationPolicyNone(ref reader),
            2 => ReadVerificationPolicySampledAudit(ref reader),
            3 => ReadVerificationPolicyRedundant(ref reader),
            4 => ReadVerificationPolicyZkProof(ref reader),
            5 => ReadVerificationPolicyTeeQuote(ref reader),
            var number => throw new WireException($"VerificationPolicy: case {number} is not known."),
        };

    private static void WriteVerificationPolicyNone(CborWriter writer, global::Stun.Protocol.VerificationPolicy.None value)
    {
        writer.WriteMapStart(0);
    }

    private static global::Stun.Protocol.VerificationPolicy.None ReadVerificationPolicyNone(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.RequireDone(in reader, left, "VerificationPolicy.None");
        return new global::Stun.Protocol.VerificationPolicy.None();
    }

    private static void WriteVerificationPolicySampledAudit(CborWriter writer, global::Stun.Protocol.VerificationPolicy.SampledAudit value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.RatePpmMin);
    }

    private static global::Stun.Protocol.VerificationPolicy.SampledAudit ReadVerificationPolicySampledAudit(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "VerificationPolicy.SampledAudit.RatePpmMin");
        var f1 = (uint)WireForm.ReadUnsigned(ref reader, uint.MaxValue);
        WireForm.RequireDone(in reader, left, "VerificationPolicy.SampledAudit");
        return new global::Stun.Protocol.VerificationPolicy.SampledAudit(f1);
    }

    private static void WriteVerificationPolicyRedundant(CborWriter writer, global::Stun.Protocol.VerificationPolicy.Redundant value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        writer.WriteUInt64(value.Agreeing);
        writer.WriteUInt64(2);
        writer.WriteUInt64(value.Attempts);
    }

    private static global::Stun.Protocol.VerificationPolicy.Redundant ReadVerificationPolicyRedundant(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "VerificationPolicy.Redundant.Agreeing");
        var f1 = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
        WireForm.ReadKey(ref reader, ref left, 2, "VerificationPolicy.Redundant.Attempts");
        var f2 = (byte)WireForm.ReadUnsigned(ref reader, byte.MaxValue);
        WireForm.RequireDone(in reader, left, "VerificationPolicy.Redundant");
        return new global::Stun.Protocol.VerificationPolicy.Redundant(f1, f2);
    }

    private static void WriteVerificationPolicyZkProof(CborWriter writer, global::Stun.Protocol.VerificationPolicy.ZkProof value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Circuit);
    }

    private static global::Stun.Protocol.VerificationPolicy.ZkProof ReadVerificationPolicyZkProof(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "VerificationPolicy.ZkProof.Circuit");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "VerificationPolicy.ZkProof");
        return new global::Stun.Protocol.VerificationPolicy.ZkProof(f1);
    }

    private static void WriteVerificationPolicyTeeQuote(CborWriter writer, global::Stun.Protocol.VerificationPolicy.TeeQuote value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Policy);
    }

    private static global::Stun.Protocol.VerificationPolicy.TeeQuote ReadVerificationPolicyTeeQuote(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "VerificationPolicy.TeeQuote.Policy");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "VerificationPolicy.TeeQuote");
        return new global::Stun.Protocol.VerificationPolicy.TeeQuote(f1);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Vote value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        Write(writer, value.Verdict);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Validator);
        writer.WriteUInt64(3);
        WireForm.Write(writer, value.Signature);
    }

    public static global::Stun.Protocol.Vote ReadVote(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Vote.Verdict");
        var f1 = ReadVerdict(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Vote.Validator");
        var f2 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 3, "Vote.Signature");
        var f3 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "Vote");
        return new global::Stun.Protocol.Vote(f1, f2, f3);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.VoteSignature value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Validator);
        writer.WriteUInt64(2);
        WireForm.Write(writer, value.Signature);
    }

    public static global::Stun.Protocol.VoteSignature ReadVoteSignature(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "VoteSignature.Validator");
        var f1 = WireForm.ReadAddress(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "VoteSignature.Signature");
        var f2 = WireForm.ReadSignature(ref reader);
        WireForm.RequireDone(in reader, left, "VoteSignature");
        return new global::Stun.Protocol.VoteSignature(f1, f2);
    }

    public static void Write(CborWriter writer, global::Stun.Protocol.Work value)
    {
        writer.WriteArrayStart(2);
        switch (value)
        {
            case global::Stun.Protocol.Work.Image it:
                writer.WriteUInt64(1);
                WriteWorkImage(writer, it);
                break;
            case global::Stun.Protocol.Work.Model it:
                writer.WriteUInt64(2);
                WriteWorkModel(writer, it);
                break;
            case global::Stun.Protocol.Work.ServedImage it:
                writer.WriteUInt64(3);
                WriteWorkServedImage(writer, it);
                break;
            case global::Stun.Protocol.Work.ServedModel it:
                writer.WriteUInt64(4);
                WriteWorkServedModel(writer, it);
                break;
            case global::Stun.Protocol.Work.Proof it:
                writer.WriteUInt64(5);
                WriteWorkProof(writer, it);
                break;
            case global::Stun.Protocol.Work.Attestation it:
                writer.WriteUInt64(6);
                WriteWorkAttestation(writer, it);
                break;
            default:
                throw new WireException("Work: a case without a number.");
        }
    }

    public static global::Stun.Protocol.Work ReadWork(ref CborReader reader) =>
        WireForm.ReadCase(ref reader, "Work") switch
        {
            1 => ReadWorkImage(ref reader),
            2 => ReadWorkModel(ref reader),
            3 => ReadWorkServedImage(ref reader),
            4 => ReadWorkServedModel(ref reader),
            5 => ReadWorkProof(ref reader),
            6 => ReadWorkAttestation(ref reader),
            var number => throw new WireException($"Work: case {number} is not known."),
        };

    private static void WriteWorkImage(CborWriter writer, global::Stun.Protocol.Work.Image value)
    {
        writer.WriteMapStart(2);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Digest);
        writer.WriteUInt64(2);
        WireForm.WriteText(writer, value.Source, 512, "Work.Image.Source");
    }

    private static global::Stun.Protocol.Work.Image ReadWorkImage(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Work.Image.Digest");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Work.Image.Source");
        var f2 = WireForm.ReadText(ref reader, 512, "Work.Image.Source");
        WireForm.RequireDone(in reader, left, "Work.Image");
        return new global::Stun.Protocol.Work.Image(f1, f2);
    }

    private static void WriteWorkModel(CborWriter writer, global::Stun.Protocol.Work.Model value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Digest);
    }

    private static global::Stun.Protocol.Work.Model ReadWorkModel(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Work.Model.Digest");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Work.Model");
        return new global::Stun.Protocol.Work.Model(f1);
    }

    private static void WriteWorkServedImage(CborWriter writer, global::Stun.Protocol.Work.ServedImage value)
    {
        writer.WriteMapStart(3);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Digest);
        writer.WriteUInt64(2);
        WireForm.WriteText(writer, value.Source, 512, "Work.ServedImage.Source");
        writer.WriteUInt64(3);
        writer.WriteUInt64(value.Port);
    }

    private static global::Stun.Protocol.Work.ServedImage ReadWorkServedImage(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Work.ServedImage.Digest");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.ReadKey(ref reader, ref left, 2, "Work.ServedImage.Source");
        var f2 = WireForm.ReadText(ref reader, 512, "Work.ServedImage.Source");
        WireForm.ReadKey(ref reader, ref left, 3, "Work.ServedImage.Port");
        var f3 = (ushort)WireForm.ReadUnsigned(ref reader, ushort.MaxValue);
        WireForm.RequireDone(in reader, left, "Work.ServedImage");
        return new global::Stun.Protocol.Work.ServedImage(f1, f2, f3);
    }

    private static void WriteWorkServedModel(CborWriter writer, global::Stun.Protocol.Work.ServedModel value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Digest);
    }

    private static global::Stun.Protocol.Work.ServedModel ReadWorkServedModel(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Work.ServedModel.Digest");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Work.ServedModel");
        return new global::Stun.Protocol.Work.ServedModel(f1);
    }

    private static void WriteWorkProof(CborWriter writer, global::Stun.Protocol.Work.Proof value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Statement);
    }

    private static global::Stun.Protocol.Work.Proof ReadWorkProof(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Work.Proof.Statement");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Work.Proof");
        return new global::Stun.Protocol.Work.Proof(f1);
    }

    private static void WriteWorkAttestation(CborWriter writer, global::Stun.Protocol.Work.Attestation value)
    {
        writer.WriteMapStart(1);
        writer.WriteUInt64(1);
        WireForm.Write(writer, value.Challenge);
    }

    private static global::Stun.Protocol.Work.Attestation ReadWorkAttestation(ref CborReader reader)
    {
        var left = reader.ReadMapStart();
        WireForm.ReadKey(ref reader, ref left, 1, "Work.Attestation.Challenge");
        var f1 = WireForm.ReadDigest(ref reader);
        WireForm.RequireDone(in reader, left, "Work.Attestation");
        return new global::Stun.Protocol.Work.Attestation(f1);
    }

    private static ValueList<global::Stun.Protocol.Address> ReadAddressList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Address[count];
        for (var index = 0; index < count; index++) items[index] = WireForm.ReadAddress(ref reader);
        return ValueList.Create<global::Stun.Protocol.Address>(items);
    }

    private static ValueList<global::Stun.Protocol.AttemptRecord> ReadAttemptRecordList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.AttemptRecord[count];
        for (var index = 0; index < count; index++) items[index] = ReadAttemptRecord(ref reader);
        return ValueList.Create<global::Stun.Protocol.AttemptRecord>(items);
    }

    private static ValueList<global::Stun.Protocol.Attestation> ReadAttestationList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Attestation[count];
        for (var index = 0; index < count; index++) items[index] = ReadAttestation(ref reader);
        return ValueList.Create<global::Stun.Protocol.Attestation>(items);
    }

    private static ValueList<global::Stun.Protocol.BlobRef> ReadBlobRefList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.BlobRef[count];
        for (var index = 0; index < count; index++) items[index] = ReadBlobRef(ref reader);
        return ValueList.Create<global::Stun.Protocol.BlobRef>(items);
    }

    private static ValueList<bool> ReadBooleanList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new bool[count];
        for (var index = 0; index < count; index++) items[index] = reader.ReadBool();
        return ValueList.Create<bool>(items);
    }

    private static ValueList<global::Stun.Protocol.Digest> ReadDigestList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Digest[count];
        for (var index = 0; index < count; index++) items[index] = WireForm.ReadDigest(ref reader);
        return ValueList.Create<global::Stun.Protocol.Digest>(items);
    }

    private static ValueList<global::Stun.Protocol.Finding> ReadFindingList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Finding[count];
        for (var index = 0; index < count; index++) items[index] = ReadFinding(ref reader);
        return ValueList.Create<global::Stun.Protocol.Finding>(items);
    }

    private static ValueList<global::Stun.Protocol.GpuCapability> ReadGpuCapabilityList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.GpuCapability[count];
        for (var index = 0; index < count; index++) items[index] = ReadGpuCapability(ref reader);
        return ValueList.Create<global::Stun.Protocol.GpuCapability>(items);
    }

    private static ValueList<global::Stun.Protocol.Payout> ReadPayoutList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Payout[count];
        for (var index = 0; index < count; index++) items[index] = ReadPayout(ref reader);
        return ValueList.Create<global::Stun.Protocol.Payout>(items);
    }

    private static ValueList<global::Stun.Protocol.Region> ReadRegionList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Region[count];
        for (var index = 0; index < count; index++) items[index] = new global::Stun.Protocol.Region(reader.ReadUInt64());
        return ValueList.Create<global::Stun.Protocol.Region>(items);
    }

    private static ValueList<global::Stun.Protocol.ResultFile> ReadResultFileList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.ResultFile[count];
        for (var index = 0; index < count; index++) items[index] = ReadResultFile(ref reader);
        return ValueList.Create<global::Stun.Protocol.ResultFile>(items);
    }

    private static ValueList<global::Stun.Protocol.SignedReceipt> ReadSignedReceiptList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.SignedReceipt[count];
        for (var index = 0; index < count; index++) items[index] = ReadSignedReceipt(ref reader);
        return ValueList.Create<global::Stun.Protocol.SignedReceipt>(items);
    }

    private static ValueList<global::Stun.Protocol.SignedVerdict> ReadSignedVerdictList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.SignedVerdict[count];
        for (var index = 0; index < count; index++) items[index] = ReadSignedVerdict(ref reader);
        return ValueList.Create<global::Stun.Protocol.SignedVerdict>(items);
    }

    private static ValueList<global::Stun.Protocol.Slashing> ReadSlashingList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.Slashing[count];
        for (var index = 0; index < count; index++) items[index] = ReadSlashing(ref reader);
        return ValueList.Create<global::Stun.Protocol.Slashing>(items);
    }

    private static ValueList<string> ReadStringList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new string[count];
        for (var index = 0; index < count; index++) items[index] = WireForm.ReadText(ref reader, WireLimits.TextBytesMax, field);
        return ValueList.Create<string>(items);
    }

    private static ValueList<global::Stun.Protocol.TaskId> ReadTaskIdList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.TaskId[count];
        for (var index = 0; index < count; index++) items[index] = WireForm.ReadTaskId(ref reader);
        return ValueList.Create<global::Stun.Protocol.TaskId>(items);
    }

    private static ValueList<global::Stun.Protocol.TeeKind> ReadTeeKindList(ref CborReader reader, int countMax, string field)
    {
        var count = WireForm.ReadListStart(ref reader, countMax, field);
        if (count == 0) return default;
        var items = new global::Stun.Protocol.TeeKind[count];
        for (var index = 0; index < count; index++) items[index] = ReadTeeKind(ref reader);
        return ValueList.Create<global::Stun.Protocol.TeeKind>(items);
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
        for (var index = 0; index < count; index++) items[index] = ReadVoteSignature(ref reader);
        return ValueList.Create<global::Stun.Protocol.VoteSignature>(items);
    }
}

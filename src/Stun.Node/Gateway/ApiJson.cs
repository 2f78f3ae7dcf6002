using System.Text.Json.Serialization;

namespace Stun.Node.Gateway;

/// <summary>RFC 9457, with a code that never changes its meaning and what to do next.</summary>
public sealed record ProblemView(
    string Type, string Title, int Status, string Code, string Detail, string Cure,
    IReadOnlyList<FormFault>? Errors, string? RequestId);

/// <summary>How all records of the API are read and written, made when this is built.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = JsonBody.DepthMax)]
[JsonSerializable(typeof(TaskForm))]
[JsonSerializable(typeof(TaskView))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(CancelForm))]
[JsonSerializable(typeof(ResultView))]
[JsonSerializable(typeof(WhyView))]
[JsonSerializable(typeof(ProofView))]
[JsonSerializable(typeof(OfferPage))]
[JsonSerializable(typeof(AccountView))]
[JsonSerializable(typeof(NewAccountView))]
[JsonSerializable(typeof(AccountForm))]
[JsonSerializable(typeof(DepositForm))]
[JsonSerializable(typeof(DepositView))]
[JsonSerializable(typeof(UsageView))]
[JsonSerializable(typeof(ModelUsageView))]
[JsonSerializable(typeof(NetworkView))]
[JsonSerializable(typeof(StatisticsView))]
[JsonSerializable(typeof(ProposalList))]
[JsonSerializable(typeof(PolicyForm))]
[JsonSerializable(typeof(PolicyCheckView))]
[JsonSerializable(typeof(EstimateView))]
[JsonSerializable(typeof(OrderDraftView))]
[JsonSerializable(typeof(TaskOrderView))]
[JsonSerializable(typeof(ProviderPage))]
[JsonSerializable(typeof(ProviderDetailView))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(KeyForm))]
[JsonSerializable(typeof(NewKeyView))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(WhoView))]
[JsonSerializable(typeof(ChallengeForm))]
[JsonSerializable(typeof(ChallengeView))]
[JsonSerializable(typeof(TokenForm))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(ModelForm))]
[JsonSerializable(typeof(ModelView))]
[JsonSerializable(typeof(ModelPage))]
[JsonSerializable(typeof(ServiceForm))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ReplicasForm))]
[JsonSerializable(typeof(UploadForm))]
[JsonSerializable(typeof(UploadView))]
[JsonSerializable(typeof(BlobView))]
[JsonSerializable(typeof(LogLineView))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(ProblemView))]
public sealed partial class ApiJson : JsonSerializerContext;

/** What a policy may begin with: it says no to nobody, and shows where to say more. */
export const USUAL_POLICY = `version: 1
# What a lease must pay a second, in the token's smallest units.
price:
  per-second-min: 100
# One task, and all together.
task: { run-time: 6h }
total: { tasks: 8 }
data:
  inputs: 16
  input-bytes: 10GiB
  result-bytes: 2GiB
# Destinations that tasks may connect to; none if left out.
# network:
#   egress: ["data.example:443"]
# hours:
#   windows:
#     - mon-fri 18:00-08:00 +01:00
`;

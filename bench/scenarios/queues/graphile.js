const{run,makeWorkerUtils}=require('graphile-worker');const{Pool}=require('pg');const m=require('./meter');const{spawn}=require('child_process');
const cs='postgres://bench@127.0.0.1:15432/bench'+(process.env.SYNC==='off'?'?options=-c%20synchronous_commit%3Doff':'');
const logger=new (require('graphile-worker').Logger)(()=>()=>{});
const taskList={noop:async(p,h)=>{await h.query('with x as (insert into gw_result(id,result) values ($1,$2)) select pg_notify(\'gwdone\',$1::text)',[p.i,'{"ok":true}'])},noop_min:async()=>{}};
if(process.argv[2]==='worker'){(async()=>{const tuned=process.argv[3]==='tuned';const pool=new Pool({connectionString:cs,max:12});
 await run({pgPool:pool,concurrency:+process.argv[4]||10,noHandleSignals:true,pollInterval:1000,taskList,logger,...(tuned?{preset:{worker:{localQueue:{size:500},completeJobBatchDelay:0,failJobBatchDelay:0}}}:{})});console.log('ready')})()}
else(async()=>{const pgpid=+process.argv[2],label=process.argv[3],N=+process.argv[4]||2000,kind=process.argv[5]||'default';
const u=await makeWorkerUtils({connectionString:cs,logger});await u.migrate();const pool=new Pool({connectionString:cs,max:20});await pool.query('create table if not exists gw_result(id bigint primary key,result text)');await pool.query('truncate gw_result');
const w=spawn('node',['graphile.js','worker',kind,'10'],{stdio:['ignore','pipe','inherit'],env:process.env});await new Promise(r=>w.stdout.once('data',r));
const wait=new Map();const lc=await pool.connect();await lc.query('listen gwdone');lc.on('notification',n=>{const f=wait.get(n.payload);if(f){wait.delete(n.payload);f()}});
let id=0;const one=()=>new Promise((res,rej)=>{const i=++id;wait.set(String(i),res);pool.query('select graphile_worker.add_job($1,$2)',['noop',JSON.stringify({i,p:'x'.repeat(200)})]).catch(rej)});
await m.closed(100,10,one);
let s=m.start([process.pid,w.pid,pgpid]);let l=await m.closed(N,50,one);let r=m.stop(s,N);console.log(JSON.stringify({sys:'graphile-worker '+kind,label,mode:'closed50',...r,...m.pct(l)}));
s=m.start([process.pid,w.pid,pgpid]);l=await m.closed(100,1,one);r=m.stop(s,100);console.log(JSON.stringify({sys:'graphile-worker '+kind,label,mode:'seq1',...r,...m.pct(l)}));
w.kill();process.exit(0)})();

process.on('unhandledRejection',e=>{console.error('ERR',e&&e.message);if(global.W)global.W.kill();process.exit(3)});const{Queue,QueueEvents}=require('bullmq');const m=require('./meter');const{spawn}=require('child_process');
(async()=>{const port=+process.argv[2],rpid=+process.argv[3],label=process.argv[4],N=+process.argv[5]||3000;
const c={host:'127.0.0.1',port,maxRetriesPerRequest:null};
const w=global.W=spawn('node',['bullmq-worker.js',port,100],{stdio:['ignore','pipe','inherit']});await new Promise(r=>w.stdout.once('data',r));
const q=new Queue('noop',{connection:c,defaultJobOptions:{removeOnComplete:1000}}),ev=new QueueEvents('noop',{connection:c});ev.setMaxListeners(0);await ev.waitUntilReady();
const one=async i=>{const j=await q.add('t',{i,p:'x'.repeat(200)});const r=await j.waitUntilFinished(ev,60000);if(r.ok!==i)throw 1};
await m.closed(200,10,one);
let s=m.start([process.pid,w.pid,rpid].filter((x,i)=>x));let l=await m.closed(N,100,one);let r=m.stop(s,N);
console.log(JSON.stringify({sys:'BullMQ',label,mode:'closed100',...r,...m.pct(l)}));
s=m.start([process.pid,w.pid,rpid]);l=await m.closed(300,1,one);r=m.stop(s,300);
console.log(JSON.stringify({sys:'BullMQ',label,mode:'seq1',...r,...m.pct(l)}));
// bulk add: throughput mode, completion counted by events
let done=0,res;const fin=new Promise(r=>res=r);let want=N;ev.on('completed',()=>{if(++done==want)res()});done=0;
s=m.start([process.pid,w.pid,rpid]);for(let i=0;i<N;i+=500)await q.addBulk(Array.from({length:Math.min(500,N-i)},(_,k)=>({name:'t',data:{i:i+k,p:'x'.repeat(200)}})));await fin;r=m.stop(s,N);
console.log(JSON.stringify({sys:'BullMQ',label,mode:'bulk500',...r}));
w.kill();process.exit(0)})();

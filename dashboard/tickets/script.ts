// What a ticket's page does where scripts run: asks for itself anew, says aloud what changed, and offers notices. ES5, for telephones of 2014.

/** Asks for the part that changes, puts it in the place of the old one, and says its headline aloud when that changed. */
export const liveScript = `(function(){
var live=document.getElementById('live'),say=document.getElementById('say'),lost=document.getElementById('lost');
var tag='',said=live.firstElementChild.getAttribute('data-say');
function ask(){
if(document.hidden||/ask=/.test(location.search))return;
var r=new XMLHttpRequest();
r.open('GET',live.getAttribute('data-from')+'/live'+location.search.replace(/([?&])said=[a-z]+&?/,'$1'));
if(tag)r.setRequestHeader('If-None-Match',tag);
r.timeout=15000;
r.onload=function(){
lost.hidden=true;
if(r.status===404)clearInterval(timer);
if(r.status!==200)return;
tag=r.getResponseHeader('ETag')||'';
live.innerHTML=r.responseText;
var now=live.firstElementChild.getAttribute('data-say');
if(now!==said){said=now;say.textContent=now}
};
r.onerror=r.ontimeout=function(){lost.hidden=false};
r.send();
}
var timer=setInterval(ask,8000);
document.addEventListener('visibilitychange',ask);
})();
`

/** `push`: the server's public key for notices, or empty where it sends none. */
export function ticketScript(push: string): string {
  return `${liveScript}(function(){
var key='${push}',button=document.getElementById('notify');
if(!key||!button||!('serviceWorker' in navigator)||!('PushManager' in window)||!window.isSecureContext||Notification.permission==='denied')return;
function bytes(text){
var raw=atob(text.replace(/-/g,'+').replace(/_/g,'/')+'==='.slice((text.length+3)%4)),out=new Uint8Array(raw.length),i;
for(i=0;i<raw.length;i++)out[i]=raw.charCodeAt(i);
return out;
}
button.hidden=false;
button.onclick=function(){
button.disabled=true;
navigator.serviceWorker.register('/t/worker.js',{scope:'/t/'}).then(function(){return navigator.serviceWorker.ready}).then(function(w){
return w.pushManager.subscribe({userVisibleOnly:true,applicationServerKey:bytes(key)});
}).then(function(s){
return fetch(document.getElementById('live').getAttribute('data-from')+'/push',{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(s)});
}).then(function(a){
if(!a.ok)throw new Error(a.status);
button.textContent=button.getAttribute('data-on');
}).catch(function(){
button.disabled=false;button.textContent=button.getAttribute('data-no');
});
};
})()`
}

/** The worker that shows a notice and opens its ticket; it caches nothing. */
export const worker = `self.addEventListener('push',function(e){
var m={};try{m=e.data.json()}catch(x){}
e.waitUntil(self.registration.showNotification(m.title||'Цех',{body:m.body||'',tag:m.path||'tsekh',data:m.path||'/',icon:'/mark.svg'}));
});
self.addEventListener('notificationclick',function(e){
e.notification.close();
e.waitUntil(self.clients.openWindow(e.notification.data));
});
`

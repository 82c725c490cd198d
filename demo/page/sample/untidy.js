import {createGlovebox} from "glovebox"
const box=await createGlovebox({trust:{kind:"development"},prompt:ask})
async function  forecast( city,{days=3,units="metric"}={} ){
const weather=await box.install("/extensions/weather/glovebox.json");
  return (await weather.call("forecast",[{city,days,units}])).filter(day=>day.rain>0.2).map(({date,rain,low,high})=>({date,rain,range:`${low} to ${high}`}))}
if(import.meta.hot){import.meta.hot.accept()} else {console.log("ready")}

// A small GMNS folder for tests: Main Street from west to east (degrees, feet, miles) with two signals, a side street at each.
// Signal 2 has timing: a dual ring with a plan for the morning and one for the rest of the day; signal 3 has none.

export type TestTables = Record<string, string[]>

/** Nodes 300 m apart at latitude 40: a degree of longitude is 85.39 km there. */
const NODES = [
  '1,West,-105.0070,40.0000,,', '2,Main & First,-105.0035,40.0000,signal,', '3,Main & Second,-105.0000,40.0000,,', '4,East,-104.9965,40.0000,,',
  '5,,-105.0035,40.0025,,', '6,,-105.0035,39.9975,,', '7,,-105.0000,40.0025,,', '8,,-105.0000,39.9975,,',
]
const LINK = (id: number, name: string, from: number, to: number, length: number, lanes: number, speed: number, facility: string, uses = 'all', geometry = ''): string =>
  `${id},${name},${from},${to},1,"${geometry}",1,${length},,${facility},,${speed},${lanes},"${uses}"`

export function testTables(): TestTables {
  return {
    config: ['dataset_name,short_length,long_length,speed,crs,geometry_field_format,currency,version_number,id_type', 'Test Town,foot,mile,mph,4326,wkt,US cents,0.97,integer'],
    node: ['node_id,name,x_coord,y_coord,ctrl_type,zone_id', ...NODES],
    link: [
      'link_id,name,from_node_id,to_node_id,directed,geometry,dir_flag,length,grade,facility_type,capacity,free_speed,lanes,allowed_uses',
      LINK(12, 'Main Street', 1, 2, 0.186, 2, 35, 'principal arterial'), LINK(21, 'Main Street', 2, 1, 0.186, 2, 35, 'principal arterial'),
      LINK(23, 'Main Street', 2, 3, 0.186, 2, 35, 'principal arterial', 'auto,bike', 'LINESTRING(-105.0035 40.0, -105.0017 40.0001, -105.0000 40.0)'), LINK(32, 'Main Street', 3, 2, 0.186, 2, 35, 'principal arterial'),
      LINK(34, 'Main Street', 3, 4, 0.186, 2, 35, 'principal arterial'), LINK(43, 'Main Street', 4, 3, 0.186, 2, 35, 'principal arterial'),
      LINK(52, 'First Avenue', 5, 2, 0.172, 1, 25, 'local'), LINK(25, 'First Avenue', 2, 5, 0.172, 1, 25, 'local'),
      LINK(62, 'First Avenue', 6, 2, 0.172, 1, 25, 'local'), LINK(26, 'First Avenue', 2, 6, 0.172, 1, 25, 'local'),
      LINK(73, 'Second Avenue', 7, 3, 0.172, 1, 25, 'local'), LINK(37, 'Second Avenue', 3, 7, 0.172, 1, 25, 'local'),
      LINK(83, 'Second Avenue', 8, 3, 0.172, 1, 25, 'local'), LINK(38, 'Second Avenue', 3, 8, 0.172, 1, 25, 'local'),
      LINK(900, 'Walk', 5, 7, 0.186, 0, 3, 'sidewalk', 'walk'),
    ],
    lane: [
      'lane_id,link_id,lane_num,allowed_uses,r_barrier,l_barrier,width',
      '121,12,1,all,,,12', '122,12,2,all,,,12', '123,12,3,bike,,,5', '321,32,1,all,,,11', '322,32,2,all,,,11',
    ],
    segment: ['segment_id,link_id,ref_node_id,start_lr,end_lr,grade,capacity,free_speed,lanes,l_lanes_added,r_lanes_added', '1,12,1,780,980,,,,3,1,0', '2,32,3,780,980,,,,3,1,0'],
    segment_lane: ['segment_lane_id,segment_id,lane_num,parent_lane_id,allowed_uses,r_barrier,l_barrier,width', '1,1,-1,,all,,,10'],
    movement: [
      'mvmt_id,node_id,name,ib_link_id,start_ib_lane,end_ib_lane,ob_link_id,start_ob_lane,end_ob_lane,type,penalty,capacity,ctrl_type,mvmt_code,allowed_uses,geometry',
      '1,2,,12,-1,,25,1,,left,,,signal,EBL,all,', '2,2,,12,1,2,23,1,2,thru,,3600,signal,EBT,all,', '3,2,,12,2,,26,1,,right,,,signal_with_RTOR,EBR,all,', '4,2,,12,3,,23,2,,thru,,,signal,EBT,bike,',
      '5,2,,32,-1,,26,1,,left,,,signal,WBL,all,', '6,2,,32,1,2,21,1,2,thru,,,signal,WBT,all,', '7,2,,32,2,,25,1,,right,,,signal,WBR,all,',
      '8,2,,52,1,,23,1,,left,,,signal,SBL,all,', '9,2,,52,1,,26,1,,thru,,,signal,SBT,all,', '10,2,,52,1,,21,2,,right,,,signal,SBR,all,',
      '11,2,,62,1,,21,1,,left,,,signal,NBL,all,', '12,2,,62,1,,25,1,,thru,,,signal,NBT,all,', '13,2,,62,1,,23,2,,right,,,signal,NBR,all,',
      '20,3,,23,1,,37,1,,left,,,signal,EBL,all,', '21,3,,23,1,2,34,1,2,thru,,,signal,EBT,all,', '22,3,,23,2,,38,1,,right,,,signal,EBR,all,',
      '23,3,,43,1,2,32,1,2,thru,,,signal,WBT,all,', '24,3,,73,1,,38,1,,thru,,,signal,SBT,all,', '25,3,,83,1,,37,1,,thru,,,signal,NBT,all,', '26,3,,83,1,,34,2,,right,,,signal,NBR,all,',
    ],
    signal_controller: ['controller_id', 'c2'],
    signal_timing_plan: ['timing_plan_id,controller_id,timeday_id,time_day,cycle_length', 'am,c2,,01111100_0600_0900,100', 'off,c2,,,80'],
    signal_timing_phase: [
      'timing_phase_id,timing_plan_id,signal_phase_num,min_green,max_green,extension,clearance,walk_time,ped_clearance,ring,barrier,position',
      ...['am', 'off'].flatMap((plan) => {
        const green = (seconds: number): number => (plan === 'am' ? seconds : Math.max(5, seconds - 10))
        return [
          `${plan}1,${plan},1,5,${green(15)},3,5,,,1,1,1`, `${plan}2,${plan},2,10,${green(45)},3,5,,,1,1,2`, `${plan}5,${plan},5,5,${green(15)},3,5,,,2,1,1`, `${plan}6,${plan},6,10,${green(45)},3,5,,,2,1,2`,
          `${plan}4,${plan},4,8,${green(25)},3,5,7,12,1,2,1`, `${plan}8,${plan},8,8,${green(25)},3,5,7,12,2,2,1`,
        ]
      }),
    ],
    signal_phase_mvmt: [
      'signal_phase_mvmt_id,timing_phase_id,mvmt_id,link_id,protection',
      ...['am', 'off'].flatMap((plan) => [['5', 1], ['2', 2], ['2', 3], ['1', 5], ['6', 6], ['6', 7], ['4', 8], ['4', 9], ['4', 10], ['8', 11], ['8', 12], ['8', 13]].map(([phase, movement]) =>
        `${plan}${movement},${plan}${phase},${movement},,${[8, 11].includes(movement as number) ? 'permitted' : 'protected'}`)),
    ],
    signal_coordination: ['coordination_id,timing_plan_id,controller_id,coord_contr_id,coord_phase,coord_ref_to,offset', '1,am,c2,c2,2,begin_of_yellow,17'],
  }
}
